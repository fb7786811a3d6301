#!/bin/sh
set -eu

usage() {
  cat <<'END'
Set up a Debian 12 or 13 machine as the server of an office, and set it up again after an update; run it as root:
  sudo sh /opt/jaidee/data/deployment/debian_setup.sh --host jaidee.example.go.th --admin somchai

  --host NAME          name of the server, by which browsers ask for it
  --admin NAME         account of the first administrator, made where there is none
  --certificate FILE   certificate of the municipality; without it one of a local authority is made
  --key FILE           its private key
  --file               keep the record in a file, not in PostgreSQL
  --help               show this and change nothing
END
}

host="" admin="" certificate="" key="" database=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --host) host="$2"; shift 2 ;;
    --admin) admin="$2"; shift 2 ;;
    --certificate) certificate="$2"; shift 2 ;;
    --key) key="$2"; shift 2 ;;
    --file) database=no; shift ;;
    --help) usage; exit 0 ;;
    *) echo "unknown option: $1; --help lists them" >&2; exit 2 ;;
  esac
done
program="$(cd "$(dirname "$0")/../.." && pwd)"
from="$program/data/deployment"
record=/var/lib/jaidee/workspace backups=/srv/jaidee-backups settings=/etc/jaidee/jaidee.env
[ "$(id -u)" = 0 ] || { echo "run it as root: sudo sh $0" >&2; exit 1; }
[ -n "$host" ] || { echo "name the server: --host jaidee.example.go.th" >&2; exit 2; }
[ "$program" = /opt/jaidee ] || { echo "unpack the program into /opt/jaidee; it is in $program" >&2; exit 1; }
case "$certificate,$key" in ,|?*,?*) ;; *) echo "give both --certificate and --key" >&2; exit 2 ;; esac

step() { printf '\n== %s\n' "$1"; }
as_jaidee() { runuser -u jaidee -- "$@"; }
# a container or a tree without systemd: the files are laid out, and nothing is started
has_systemd() { [ -d /run/systemd/system ]; }

step "Packages"
packages="python3 python3-venv nginx openssl"
[ "$database" = no ] || packages="$packages postgresql postgresql-postgis"
missing=""
for name in $packages; do
  dpkg-query -W -f '${Status}\n' "$name" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $name"
done
if [ -n "$missing" ]; then
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

step "User and folders"
id jaidee >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/jaidee --shell /usr/sbin/nologin jaidee
install -d -o jaidee -g jaidee -m 750 /var/lib/jaidee "$record" "$backups"
install -d -m 755 /etc/jaidee /etc/jaidee/tls
install -d -o jaidee -g jaidee "$program/static/vendor"

step "Environment of Python"
python3 "$program/app.py" --install

step "Settings"
if [ ! -f "$settings" ]; then
  sed "s|jaidee.example.go.th|$host|g" "$from/jaidee.env" >"$settings"
  [ "$database" = no ] || sed -i 's|^# JAIDEE_STORE=|JAIDEE_STORE=|' "$settings"
fi
chown root:jaidee "$settings"
chmod 640 "$settings"
sed "s|^JAIDEE_HOST=.*|JAIDEE_HOST=$host|; s|^JAIDEE_ADDRESS=.*|JAIDEE_ADDRESS=https://$host|" -i "$settings"
install -m 755 "$from/jaidee" /usr/local/sbin/jaidee

if [ "$database" = yes ]; then
  step "PostgreSQL: database, owner, application"
  # of several clusters the newest, as the packages of Debian choose
  cluster="$(pg_lsclusters --no-header | sort -V | tail -n 1)"
  version="$(echo "$cluster" | awk '{print $1}')" name="$(echo "$cluster" | awk '{print $2}')"
  pg_ctlcluster "$version" "$name" status >/dev/null 2>&1 || pg_ctlcluster "$version" "$name" start
  if ! runuser -u postgres -- psql -qAtc "SELECT 1 FROM pg_database WHERE datname = 'jaidee'" | grep -q 1; then
    runuser -u postgres -- createdb --encoding UTF8 --template template0 jaidee
  fi
  runuser -u postgres -- psql -q -v ON_ERROR_STOP=1 -f - jaidee <"$from/roles.sql"
  # the service may be the application only, root the owner too: who they are is what the system says (peer)
  access="/etc/postgresql/$version/$name"
  if ! grep -q '^# jaidee$' "$access/pg_hba.conf"; then
    { printf '# jaidee\nlocal jaidee jaidee_app,jaidee_owner peer map=jaidee\n'; cat "$access/pg_hba.conf"; } >"$access/new"
    cat "$access/new" >"$access/pg_hba.conf"
    rm "$access/new"
    printf 'jaidee jaidee jaidee_app\njaidee root jaidee_owner\n' >>"$access/pg_ident.conf"
  fi
  pg_ctlcluster "$version" "$name" reload
fi

step "Record"
# opening it brings it to the layout of this release; only a record that is not there is begun
opened_or_begun='cd /opt/jaidee && { .venv/bin/python -m audits user list >/dev/null 2>&1 ||
  .venv/bin/python -m audits start --actor setup --lang en; }'
if grep -q '^JAIDEE_STORE=' "$settings"; then
  # the owner alone lays out tables, and is not used in between
  JAIDEE_WORKSPACE="$record" JAIDEE_STORE="postgresql+psycopg://jaidee_owner@/jaidee?host=/run/postgresql" \
    sh -c "$opened_or_begun"
  chown -R jaidee:jaidee "$record"
else
  as_jaidee env JAIDEE_WORKSPACE="$record" sh -c "$opened_or_begun"
fi
if [ -n "$admin" ] && ! jaidee user list --json | grep -q '"role": "administrator"'; then
  jaidee user add "$admin" --role administrator --actor setup --lang en
fi

step "Certificate"
if [ -n "$certificate" ]; then
  install -m 644 "$certificate" /etc/jaidee/tls/server.crt
  install -m 600 "$key" /etc/jaidee/tls/server.key
elif ! openssl x509 -in /etc/jaidee/tls/server.crt -noout -checkend 2592000 >/dev/null 2>&1 ||
  ! openssl x509 -in /etc/jaidee/tls/server.crt -noout -checkhost "$host" | grep -q 'does match'; then
  (
    cd /etc/jaidee/tls
    umask 077
    [ -f authority.key ] || openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/CN=Jaidee $host" \
      -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
      -keyout authority.key -out authority.crt 2>/dev/null
    openssl req -newkey rsa:3072 -nodes -subj "/CN=$host" -keyout server.key -out server.csr 2>/dev/null
    # browsers refuse certificates that last longer than 825 days
    printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$host" >server.ext
    openssl x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -sha256 -days 820 \
      -extfile server.ext -out server.crt 2>/dev/null
    rm server.csr server.ext
    chmod 644 authority.crt server.crt
  )
  echo "Install /etc/jaidee/tls/authority.crt on the computers and phones of the office, as a trusted authority."
fi

step "Web server"
sed "s|jaidee.example.go.th|$host|g" "$from/proxy/nginx.conf" >/etc/nginx/conf.d/jaidee.conf
rm -f /etc/nginx/sites-enabled/default
nginx -t -q

step "Services"
install -m 644 "$from"/systemd/jaidee* /etc/systemd/system/
if has_systemd; then
  systemctl daemon-reload
  systemctl enable --quiet nginx jaidee.service jaidee-backup.timer
  systemctl restart jaidee.service
  systemctl reload-or-restart nginx
  systemctl start jaidee-backup.timer
  echo "Serving https://$host"
else
  echo "There is no systemd here: nothing was started."
fi
