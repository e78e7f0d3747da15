/* Every limit on what comes from outside, in one place. Units are in the names. */
#pragma once

#define SV_LIMIT_VERSION_BYTES 512               /* one version string */
#define SV_LIMIT_NAME_BYTES 512                  /* one package, host or file name */
#define SV_LIMIT_PATH_BYTES 4096                 /* one path inside an archive */
#define SV_LIMIT_PURL_BYTES 4096                 /* one package URL */
#define SV_LIMIT_CPE_BYTES 1024                  /* one CPE 2.3 name */
#define SV_LIMIT_CVSS_BYTES 512                  /* one CVSS vector */
#define SV_LIMIT_LINE_BYTES (64 * 1024)          /* one line of standard input or of a list */
#define SV_LIMIT_JSON_DEPTH 128                  /* nested arrays and objects */
#define SV_LIMIT_JSON_STRING_BYTES (8 << 20)     /* one string or number of a JSON document */
#define SV_LIMIT_JSON_MEMBERS (64 << 20)         /* keys and elements in one JSON document */
#define SV_LIMIT_JSON_KEYS (2 << 20)             /* keys of all objects open at one time */
#define SV_LIMIT_DOCUMENT_BYTES (2LL << 30)      /* one document after decompression */
#define SV_LIMIT_FEED_BYTES (8LL << 30)          /* all documents of one feed after decompression */
#define SV_LIMIT_FEED_DOCUMENTS 1000000          /* documents in one feed */
#define SV_LIMIT_FEED_SKIPPED 10000              /* bad records after which a feed is refused */
#define SV_LIMIT_EXPANSION_RATIO 1200            /* decompressed to compressed bytes */
#define SV_LIMIT_EXPANSION_FREE_BYTES (16 << 20) /* below this the ratio is not looked at */
#define SV_LIMIT_DECODER_BYTES (144 << 20)       /* memory of one decompressor, window included */
#define SV_LIMIT_DECODER_MS 120000               /* how long a decoder may say nothing */
#define SV_LIMIT_STANZA_BYTES (4 << 20)          /* one deb822 paragraph */
#define SV_LIMIT_STANZA_FIELDS 512               /* fields of one deb822 paragraph */
#define SV_LIMIT_RELEASE_BYTES (32 << 20)        /* one Release file after decompression */
#define SV_LIMIT_SMALL_FILE_BYTES (4 << 20)      /* os-release, sources.list, preferences ... */
#define SV_LIMIT_CHANGELOG_BYTES (64 << 20)      /* one changelog after decompression */
#define SV_LIMIT_CHANGELOG_FETCH_BYTES (256LL << 20) /* packages fetched for their changelogs */
#define SV_LIMIT_PACKAGES 200000                     /* packages of one host */
#define SV_LIMIT_PACKAGE_LIST_BYTES (256 << 20)      /* one rpm manifest or apk database */
#define SV_LIMIT_GAPS 1000                           /* gaps of one inventory that are listed */
#define SV_LIMIT_REPOSITORIES 10000                  /* configured repositories of one host */
#define SV_LIMIT_RUN_OUTPUT_BYTES (64 << 20)         /* what one child process may print */
#define SV_LIMIT_RUN_MS 120000                       /* how long one child process may take */
#define SV_LIMIT_FETCH_MS 300000                     /* one download */
#define SV_LIMIT_FETCH_BYTES (4LL << 30)             /* one download */
#define SV_LIMIT_HEADER_BYTES (256 * 1024)           /* all header lines of one answer */
#define SV_LIMIT_REDIRECTS 5                         /* of one download */
#define SV_LIMIT_CONNECT_MS 10000                    /* one connection attempt */
#define SV_LIMIT_STORED_BYTES (256 << 20)            /* values of one statement of the store */
#define SV_LIMIT_SIGNATURE_BYTES (64 * 1024)         /* one detached signature */
#define SV_LIMIT_FEED_RECORDS 20000000               /* records that one feed may yield */
#define SV_LIMIT_RECORD_BYTES (16 << 20)             /* one document that is one record */
#define SV_LIMIT_RECORD_ITEMS 100000      /* packages, releases, references of one record */
#define SV_LIMIT_LIST_BYTES (16 << 20)    /* one list of advisories */
#define SV_LIMIT_LIST_ITEMS 400000        /* notices and packages of one list */
#define SV_LIMIT_CSV_FIELDS 64            /* fields of one CSV row */
#define SV_LIMIT_CSV_ROW_BYTES (1 << 20)  /* one CSV row, quoted line ends included */
#define SV_LIMIT_XML_DEPTH 32             /* nested elements */
#define SV_LIMIT_XML_TEXT_BYTES (1 << 20) /* one attribute, text or tag of an XML document */
