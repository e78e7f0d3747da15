#compdef salve
autoload -U +X bashcompinit && bashcompinit
_salve() {
  local line="${COMP_WORDS[*]:1:COMP_CWORD-1}" words
  case "$line" in
  "") words=" scan check explain inventory feed fleet host cve source version cvss ssvc purl audit backup config doctor help" ;;
  "scan"*) words=" --store --cache --root --dpkg-status --extended-states --rpm-manifest --apk-installed --sbom --vuls --os-release --apt-lists --apt-preferences --changelogs --keyring --feed --at --offline --no-changelogs --exposure --mission-impact --safety-impact --criticality --zone --max-age --fail-on --output --config --verbose --quiet --help" ;;
  "check"*) words=" --store --cache --root --dpkg-status --extended-states --rpm-manifest --apk-installed --sbom --vuls --os-release --apt-lists --apt-preferences --changelogs --keyring --feed --at --offline --no-changelogs --exposure --mission-impact --safety-impact --criticality --zone --max-age --output --config --verbose --quiet --help" ;;
  "explain"*) words=" --store --cache --root --dpkg-status --extended-states --rpm-manifest --apk-installed --sbom --vuls --os-release --apt-lists --apt-preferences --changelogs --keyring --feed --at --offline --no-changelogs --exposure --mission-impact --safety-impact --criticality --zone --dump --replay --output --config --verbose --quiet --help" ;;
  "inventory"*) words=" --store --cache --root --dpkg-status --extended-states --rpm-manifest --apk-installed --sbom --vuls --os-release --apt-lists --apt-preferences --changelogs --keyring --feed --at --offline --no-changelogs --exposure --mission-impact --safety-impact --criticality --zone --output --config --verbose --quiet --help" ;;
  "feed") words=" list sync add remove import show" ;;
  "feed list"*) words=" --store --output --config --verbose --quiet --help" ;;
  "feed sync"*) words=" --store --cache --force --output --config --verbose --quiet --help" ;;
  "feed add"*) words=" --store --id --release --every --keyring --signature --output --config --verbose --quiet --help" ;;
  "feed remove"*) words=" --store --output --config --verbose --quiet --help" ;;
  "feed import"*) words=" --store --id --release --force --output --config --verbose --quiet --help" ;;
  "feed show"*) words=" --store --output --config --verbose --quiet --help" ;;
  "fleet"*) words=" --server --server-ca --token --output --config --verbose --quiet --help" ;;
  "host") words=" list show inventory findings import" ;;
  "host list"*) words=" --server --server-ca --token --limit --distro --name --reboot --seen-after --seen-before --output --config --verbose --quiet --help" ;;
  "host show"*) words=" --server --server-ca --token --output --config --verbose --quiet --help" ;;
  "host inventory"*) words=" --server --server-ca --token --output --config --verbose --quiet --help" ;;
  "host findings"*) words=" --server --server-ca --token --limit --output --config --verbose --quiet --help" ;;
  "host import"*) words=" --server --server-ca --token --store --cache --root --dpkg-status --extended-states --rpm-manifest --apk-installed --sbom --vuls --os-release --apt-lists --apt-preferences --changelogs --keyring --feed --at --offline --no-changelogs --exposure --mission-impact --safety-impact --criticality --zone --output --config --verbose --quiet --help" ;;
  "cve") words=" list show hosts" ;;
  "cve list"*) words=" --server --server-ca --token --limit --output --config --verbose --quiet --help" ;;
  "cve show"*) words=" --server --server-ca --token --output --config --verbose --quiet --help" ;;
  "cve hosts"*) words=" --server --server-ca --token --limit --output --config --verbose --quiet --help" ;;
  "source") words=" list show" ;;
  "source list"*) words=" --server --server-ca --token --limit --output --config --verbose --quiet --help" ;;
  "source show"*) words=" --server --server-ca --token --output --config --verbose --quiet --help" ;;
  "version") words=" compare" ;;
  "version compare"*) words=" --stdin --output --config --verbose --quiet --help" ;;
  "cvss"*) words=" --stdin --output --config --verbose --quiet --help" ;;
  "ssvc"*) words=" --exploitation --exposure --automatable --human-impact --safety-impact --mission-impact --output --config --verbose --quiet --help" ;;
  "purl"*) words=" --stdin --output --config --verbose --quiet --help" ;;
  "audit") words=" verify export" ;;
  "audit verify"*) words=" --store --head --output --config --verbose --quiet --help" ;;
  "audit export"*) words=" --store --output --config --verbose --quiet --help" ;;
  "backup"*) words=" --store --output --config --verbose --quiet --help" ;;
  "config") words=" show" ;;
  "config show"*) words=" --output --config --verbose --quiet --help" ;;
  "doctor"*) words=" --store --output --config --verbose --quiet --help" ;;
  "help"*) words=" --man --completion --output --config --verbose --quiet --help" ;;
  esac
  COMPREPLY=($(compgen -f -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _salve salve
