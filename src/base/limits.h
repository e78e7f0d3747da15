/* Every limit on what comes from outside, in one place. Units are in the names. */
#pragma once

#define SV_LIMIT_VERSION_BYTES 512               /* one version string */
#define SV_LIMIT_ID_BYTES 40                     /* one id made here, its end included */
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
#define SV_LIMIT_WINDOWS_UPDATES 5000                /* updates of one Windows */
#define SV_LIMIT_PACKAGE_LIST_BYTES (256 << 20)      /* one rpm manifest or apk database */
#define SV_LIMIT_PACKAGE_ENTRIES 16000000            /* distinct packages of a fleet */
#define SV_LIMIT_FACTS_BYTES (16 << 20)              /* what one host says of itself, no packages */
#define SV_LIMIT_GAPS 1000                           /* gaps of one inventory that are listed */
#define SV_LIMIT_REPOSITORIES 10000                  /* configured repositories of one host */
#define SV_LIMIT_RUN_OUTPUT_BYTES (64 << 20)         /* what one child process may print */
#define SV_LIMIT_RUN_MS 120000                       /* how long one child process may take */
#define SV_LIMIT_FETCH_MS 300000                     /* one download */
#define SV_LIMIT_FETCH_BYTES (4LL << 30)             /* one download */
#define SV_LIMIT_HEADER_BYTES (256 * 1024)           /* all header lines of one answer */
#define SV_LIMIT_REDIRECTS 5                         /* of one download */
#define SV_LIMIT_CONNECT_MS 10000                    /* one connection attempt */
#define SV_LIMIT_WRITES 8192                         /* that wait for a group commit */
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

/* The server. */
#define SV_LIMIT_REQUEST_HEAD_BYTES (32 * 1024) /* request line and headers */
#define SV_LIMIT_BODY_BYTES (1 << 20)           /* of a request, where its route names no other */
#define SV_LIMIT_CONNECTIONS 16384              /* to the server, at one time */
#define SV_LIMIT_CONNECTIONS_PER_ADDRESS 2048   /* of them from one address: a site behind a NAT */
#define SV_LIMIT_SERVER_IDLE_MS 60000           /* a connection on which nothing moves */
#define SV_LIMIT_REQUEST_MS 30000               /* from the first byte of a request to its last */
#define SV_LIMIT_ANSWER_BYTES (64 << 20)        /* that a client takes of one answer */
#define SV_LIMIT_ANSWER_MS 120000               /* a client taking one answer */
#define SV_LIMIT_SLOWEST_BYTES_PER_S 65536      /* large bodies get time for their size on top */
#define SV_LIMIT_SERVER_THREADS 32              /* that answer requests */
#define SV_LIMIT_QUERY_PARAMETERS 256           /* of one request */
#define SV_LIMIT_PATH_SEGMENTS 32               /* of one request or route */
#define SV_LIMIT_API_JSON_DEPTH 32              /* nested arrays and objects of a body */
#define SV_LIMIT_PAGE 1000                      /* items of one page of a list */
#define SV_LIMIT_REPORT_BYTES (32 << 20)        /* of a host: the first names every package */
#define SV_LIMIT_CSR_BYTES (16 * 1024)          /* one request for a certificate */
#define SV_LIMIT_AGENT_PACKAGES_PER_DAY 400000  /* that one agent may describe */
#define SV_LIMIT_ENROL_QUOTA 1000000            /* hosts that may enrol with one token */
#define SV_LIMIT_ENROL_TOKEN_S (366 * 86400)    /* how long a token may be good */
#define SV_LIMIT_AUDIT_MIN_S 60                 /* within which hosts must have reported */
#define SV_LIMIT_AUDIT_MAX_S (3660 * 86400)     /* the same */
#define SV_LIMIT_SYSTEM_RULES 10000             /* by which hosts belong to systems */
#define SV_LIMIT_SIGHTINGS 500000               /* computers of one source */
#define SV_LIMIT_SIGHTING_BYTES (64 << 20)      /* what one source saw, as it writes it */
#define SV_LIMIT_BASELINE_SERVICES 1000         /* that may listen on hosts of a class */
#define SV_LIMIT_ADDRESSES_BYTES 1024           /* of one host, that are kept to know it by */
#define SV_LIMIT_EVENTS_KEPT 4096               /* of one stream, for those who come back */
#define SV_LIMIT_EVENT_QUEUE 1024               /* events that a subscriber may be behind */
#define SV_LIMIT_EVENT_SUBSCRIBERS 1024         /* of one stream */
#define SV_LIMIT_EVENT_BEAT_MS 15000            /* between two signs of life of a stream */
#define SV_LIMIT_EVENT_TRUST_MS 1000            /* until it is asked again who reads a stream */

/* People, and what proves who they are. */
#define SV_LIMIT_PASSWORD_MIN 12       /* characters of a password */
#define SV_LIMIT_PASSWORD_BYTES 256    /* of a password */
#define SV_LIMIT_PASSWORD_OWN 8        /* characters besides words that anyone would try */
#define SV_LIMIT_PASSWORD_NAME 3       /* characters of a part of a name that is such a word */
#define SV_LIMIT_LOGIN_BYTES 64        /* of a login name */
#define SV_LIMIT_TOKENS_PER_PERSON 100 /* API tokens in force */
#define SV_LIMIT_SESSIONS_PER_PERSON 20
#define SV_LIMIT_GATE_QUEUE 64            /* people waiting until their password is looked at */
#define SV_LIMIT_GATE_THREADS 4           /* that look at passwords: 64 MiB each */
#define SV_LIMIT_RATE_BUCKETS 16384       /* of one limit of tries */
#define SV_LIMIT_JWT_BYTES (64 * 1024)    /* of a token, and of one text in it */
#define SV_LIMIT_JWKS_KEYS 64             /* of one set of public keys */
#define SV_LIMIT_PROVIDER_BYTES (1 << 20) /* of one answer of an identity provider */
#define SV_LIMIT_PROVIDER_MS 5000   /* of connecting to an identity provider, and of asking it */
#define SV_LIMIT_PROVIDER_THREADS 4 /* that wait for identity providers */
#define SV_LIMIT_GROUPS 2000        /* of one person, as a provider says */
#define SV_LIMIT_LOGIN_STARTS 10000 /* logins under way at identity providers */
