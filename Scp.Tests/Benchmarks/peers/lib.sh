# Shared by run.sh and profile.sh: what is needed, what is started, what is measured, and the promise that nothing stays behind.
# shellcheck shell=bash

peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$peers/../../.." && pwd)

# Options with their defaults; run.sh and profile.sh set them from the command line.
proxy_cpu=$(($(nproc) - 1))
load_cpus=$([ "$(nproc)" -gt 2 ] && echo "0-$(($(nproc) - 2))" || echo 0)
port_base=18000
scp_dll=
scp_command=
scp_port=
build_directory=${TMPDIR:-/tmp}/scp-peers-build-$UID

directory=            # this run's configuration, logs and temporary files; removed at the end
files=                # the origin's static files, on tmpfs where there is one
declare -A pid=()     # name -> process id of what runs now
leftovers=()          # files to remove at the end that lie elsewhere

die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
say() { printf '%s\n' "$*" >&2; }

# --- what is needed -----------------------------------------------------------------------------------------------------------

require() { # require COMMAND...: says everything that is missing at once, and where Debian has it
  local command missing=()
  for command in "$@"; do
    command -v "$command" >/dev/null && continue
    case $command in
      nginx | haproxy | wrk | python3) missing+=("$command (Debian: apt-get install $command)") ;;
      taskset) missing+=("taskset (Debian: apt-get install util-linux)") ;;
      perf) missing+=("perf (Debian: apt-get install linux-perf)") ;;
      dotnet) missing+=("dotnet (the .NET 10 SDK; Debian: apt-get install dotnet-sdk-10.0 from Microsoft's package feed)") ;;
      *) missing+=("$command") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Missing:"
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
}

raise_descriptor_limit() {
  local wanted=65536
  ulimit -n "$wanted" 2>/dev/null || ulimit -n "$(ulimit -Hn)"
  # HAProxy wants two descriptors for each of its 9000 connections.
  [ "$(ulimit -n)" -ge 18100 ] || die "the limit of open files is $(ulimit -Hn), at least 18100 are needed: raise it (ulimit -n, limits.conf)"
}

build() { # build PROJECT [dotnet build arguments]: leaves no build server behind
  say "building $(basename "$1")"
  dotnet build "$1" -c Release --disable-build-servers -nologo -v quiet "${@:2}" >"$directory/build.log" 2>&1 ||
    { cat "$directory/build.log" >&2; die "cannot build $1"; }
}

build_peer() { build "$peers/$1" --artifacts-path "$build_directory"; }
peer_dll() { printf '%s/bin/%s/release/%s.dll' "$build_directory" "$1" "$1"; }

build_scp() {
  [ -n "$scp_command" ] && return
  if [ -z "$scp_dll" ]; then
    build "$repository/Scp.Host/Scp.Host.csproj"
    scp_dll=$repository/Scp.Host/bin/Release/net10.0/scpd.dll
  fi
  [ -f "$scp_dll" ] || die "no such file: $scp_dll"
}

# --- begin and end ------------------------------------------------------------------------------------------------------------

prepare() {
  [ "$(nproc)" -ge 2 ] || die "at least two CPUs are needed: one for the proxy alone, one for the origin and the load"
  directory=$(mktemp -d "${TMPDIR:-/tmp}/scp-peers.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  files=$directory/files
  if [ -d /dev/shm ] && [ -w /dev/shm ]; then files=$(mktemp -d /dev/shm/scp-peers.XXXXXX); fi
  mkdir -p "$files"
  head -c 102400 /dev/zero | tr '\0' x >"$files/100k"
  chmod -R a+rX "$files"
  raise_descriptor_limit
}

clean_up() {
  trap - EXIT
  trap '' INT TERM HUP
  local name job
  for name in "${!pid[@]}"; do stop "$name"; done
  for job in $(jobs -p); do kill_tree "$job"; done
  rm -f "${leftovers[@]}"
  if [ -n "$directory" ]; then rm -rf "$directory" "$files"; fi
}

# --- processes ----------------------------------------------------------------------------------------------------------------

port_of() {
  case $1 in
    origin) echo $((port_base + 1)) ;;
    nginx) echo $((port_base + 10)) ;;
    haproxy) echo $((port_base + 20)) ;;
    yarp) echo $((port_base + 30)) ;;
    scp) echo "${scp_port:-$((port_base + 40))}" ;;
  esac
}

render() { # render TEMPLATE PORT: the path of the configuration made from it
  local target user=
  target=$directory/$(basename "$1" .template)
  if [ "$(id -u)" -eq 0 ]; then user='user root;'; fi # else the workers could not read this run's directory
  sed -e "s|@PORT@|$2|g; s|@ORIGIN@|$(port_of origin)|g; s|@DIR@|$directory|g; s|@FILES@|$files|g; s|@USER@|$user|g" \
    -e "s|@DESCRIPTORS@|$(ulimit -n)|g" \
    "$peers/$1" >"$target"
  echo "$target"
}

command_of() { # command_of NAME: sets the array `command`
  local port config
  port=$(port_of "$1")
  case $1 in
    origin | nginx) command=(nginx -p "$directory" -e "$directory/$1.log" -c "$(render "$1.conf.template" "$port")") ;;
    haproxy) command=(haproxy -db -f "$(render haproxy.cfg.template "$port")") ;;
    # The runtime's switch for inline completions is SCP's own choice; YARP runs as its makers ship it.
    yarp) command=(env -u DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS dotnet "$(peer_dll Peer.Yarp)" "$port" "$(port_of origin)") ;;
    scp)
      config=$(render scp.conf.template "$port")
      if [ -n "$scp_command" ]; then
        local line=${scp_command//\{config\}/$config}
        line=${line//\{port\}/$port}
        line=${line//\{origin\}/$(port_of origin)}
        command=(bash -c "exec $line")
      else
        command=(dotnet "$scp_dll" run --config "$config")
      fi
      ;;
    *) die "no such proxy: $1" ;;
  esac
  local cpus=$proxy_cpu
  if [ "$1" = origin ]; then cpus=$load_cpus; fi
  command=(taskset -c "$cpus" "${command[@]}")
}

start() { # start NAME: returns once it answers; fails with the end of its log
  local command
  command_of "$1"
  python3 "$peers/probe.py" free "$(port_of "$1")" || die "port $(port_of "$1") is taken; choose others with --port-base"
  "${command[@]}" >"$directory/$1.out" 2>&1 </dev/null &
  pid[$1]=$!
  python3 "$peers/probe.py" ready "$(port_of "$1")" "${pid[$1]}" && return
  tail -n 15 "$directory/$1.out" "$directory/$1.log" >&2 2>/dev/null || true
  stop "$1"
  return 1
}

stop() { # stop NAME: asks, waits, insists
  local process=${pid[$1]:-}
  [ -n "$process" ] || return 0
  unset "pid[$1]"
  kill_tree "$process"
}

kill_tree() {
  local all
  all=$(tree "$1")
  kill -TERM "$1" 2>/dev/null || true
  for _ in {1..100}; do
    # shellcheck disable=SC2086 # a list of process ids
    kill -0 $all 2>/dev/null || break
    sleep 0.05
  done
  # shellcheck disable=SC2086
  kill -KILL $all 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

tree() { # tree PID: it and all its descendants
  echo "$1"
  local child
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree "$child"; done
}

# --- measures -----------------------------------------------------------------------------------------------------------------

cpu_ticks() { # cpu_ticks NAME: user + system time of its processes, in clock ticks
  local process line sum=0 fields
  for process in $(tree "${pid[$1]}"); do
    line=$(cat "/proc/$process/stat" 2>/dev/null) || continue
    read -ra fields <<<"${line##*) }"
    sum=$((sum + fields[11] + fields[12]))
  done
  echo $sum
}

core_ticks() { # what the proxy's core did for anybody: user, nice, system, irq, softirq, steal
  awk -v core="cpu$proxy_cpu" '$1 == core { print $2 + $3 + $4 + $7 + $8 + $9 }' /proc/stat
}

resident_kib() { # resident_kib NAME: VmRSS of its processes; pages they share count once in each
  local process sum=0 kib
  for process in $(tree "${pid[$1]}"); do
    kib=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$process/status" 2>/dev/null) || continue
    sum=$((sum + ${kib:-0}))
  done
  echo $sum
}

# --- load ---------------------------------------------------------------------------------------------------------------------

connections_of() {
  case $1 in
    response-100k) echo 32 ;;
    *) echo 64 ;;
  esac
}

drive() { # drive WORK PROXY SECONDS: wrk against it; prints its line of key=value
  local connections url script=()
  connections=$(connections_of "$1")
  url=http://127.0.0.1:$(port_of "$2")
  case $1 in
    response-100k) url+=/100k ;;
    post-64k) url+=/post script=(-- post 65536) ;;
    *) url+=/ ;;
  esac
  local close=()
  if [ "$1" = new-connection ]; then close=(-H "Connection: close"); fi
  timeout -k 2 $(($3 + 15)) taskset -c "$load_cpus" \
    wrk -t1 -c"$connections" -d"$3s" --timeout 10s -s "$peers/wrk.lua" "${close[@]}" "$url" "${script[@]}" 2>&1 |
    sed -n 's/^peers //p'
}

field() { # field KEY "k=v k=v": the value
  local pair
  for pair in $2; do
    if [ "${pair%%=*}" = "$1" ]; then echo "${pair#*=}"; fi
  done
}
