#!/usr/bin/env bash
# SCP beside nginx, HAProxy and YARP: the same work, the same core, the same run. --help says how.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

works=small,response-100k,new-connection,post-64k,idle,latency,start
proxies=scp,nginx,haproxy,yarp
rounds=3
seconds=8
warm_up=10
idle_connections=5000
starts=5
rate=
out=

help() {
  cat <<'HELP'
Usage: run.sh [options]

Runs SCP and its peers as reverse proxies in front of one origin and compares what a request costs. Installs nothing; says what is
missing. Everything is on loopback, every step is bounded in time, and no process stays behind.

  --work LIST           rows to run (default: all)
                        small           GET of 12 bytes, 64 keep-alive connections
                        response-100k   GET of 100 KB, 32 keep-alive connections
                        new-connection  GET of 12 bytes, a new connection for every request, 64 at a time
                        post-64k        POST of 64 KB, read to the end by the origin, 64 keep-alive connections
                        idle            idle keep-alive connections that made one request each: resident bytes per connection
                        latency         small at a constant rate, open loop: at half of the proxy's own maximum, and at one rate
                                        for all (half of SCP's maximum)
                        start           process start to the first answered request
  --proxies LIST        scp,nginx,haproxy,yarp (default: all)
  --rounds N            rounds; each runs all proxies in turn (default 3)
  --seconds N           length of one measurement (default 8)
  --warm-up N           seconds of the same load before the first measurement of SCP and YARP (default 10); nginx and HAProxy get 2,
                        and so does everybody before the later rounds
  --idle-connections N  for the row "idle" (default 5000, at most 8900)
  --starts N            for the row "start": the median of N (default 5)
  --rate N              requests/s of the common rate in the row "latency" (default: half of SCP's maximum)
  --scp-dll PATH        a scpd.dll to run instead of building Scp.Host of this repository
  --scp-command 'CMD'   any command to run as SCP; {port}, {origin} and {config} stand for the port to listen on, the port of the
                        origin and the path of the configuration made from scp.conf.template
  --scp-port N          the port SCP listens on, if the command cannot be told
  --proxy-cpu N         the CPU that the proxy has for itself (default: the last)
  --load-cpus LIST      the CPUs of origin and load generator, as for taskset (default: all others)
  --port-base N         ports N+1 to N+40 are used (default 18000)
  --out DIRECTORY       also write report.txt, report.md and samples.tsv there

Columns:
  cpu us/req    user + system time of all the proxy's processes during the measurement, divided by the requests answered. This is the
                number to compare: it does not depend on how fast the load generator is. Best and median of the rounds.
  requests/s    median. Means the proxy's maximum only where "busy" is near 100 %; below that, origin and load generator were the limit.
  p50, p99      median of the rounds. In the load rows under full load (a closed loop: they follow from requests/s and the number of
                connections). In the row "latency" from the moment each request was due, so a stall counts for all it delayed.
  rss MiB       resident memory of all the proxy's processes after the measurement, median. Pages they share count once in each.
  busy %        the share of its core that the proxy used.
  others %      the share of the proxy's core that other programs (or the hypervisor) used. Above 3 % the line is marked "noisy":
                run again on a quiet machine.
  late          remark "generator late N %": the generator itself sent that share over 1 ms late (its own CPU was taken by others), so
                these latencies say nothing; run again on a quiet machine.
  errors        failed or wrong answers in all rounds; a line with errors proves nothing.
  bytes/conn    row "idle": growth of resident memory, divided by the connections. Memory of the kernel is not in it.
  SCP/peer      the ratios; below 1.00 SCP is better, except for requests/s, where above 1.00 is. A question mark: one of the two lines
                has a remark (noisy, errors, generator late), so the ratio proves nothing.
HELP
}

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) help; exit 0 ;;
      --work | --proxies | --rounds | --seconds | --warm-up | --idle-connections | --starts | --rate | --scp-dll | --scp-command | \
        --scp-port | --proxy-cpu | --load-cpus | --port-base | --out)
        [ $# -ge 2 ] || die "$1 needs a value"
        case $1 in
          --work) works=$2 ;;
          *) printf -v "$(tr - _ <<<"${1#--}")" %s "$2" ;;
        esac
        shift 2
        ;;
      *) die "no such option: $1 (see --help)" ;;
    esac
  done
  local name
  for name in ${works//,/ }; do
    case $name in
      small | response-100k | new-connection | post-64k | idle | latency | start) ;;
      *) die "no such work: $name (see --help)" ;;
    esac
  done
  for name in ${proxies//,/ }; do
    case $name in scp | nginx | haproxy | yarp) ;; *) die "no such proxy: $name (see --help)" ;; esac
  done
  [ "$idle_connections" -le 8900 ] || die "at most 8900 idle connections: HAProxy is configured for 9000"
  if [ -n "$scp_dll" ]; then scp_dll=$(realpath "$scp_dll"); fi
  if [ -n "$out" ]; then mkdir -p "$out"; fi
}

uses() { [[ ",$proxies," == *",$1,"* ]]; }

require_what_is_used() {
  local needed=(nginx wrk python3 taskset)
  if uses haproxy; then needed+=(haproxy); fi
  if uses yarp || uses scp || [[ $works == *latency* ]]; then needed+=(dotnet); fi
  require "${needed[@]}"
}

# --- samples ------------------------------------------------------------------------------------------------------------------

sample() { # sample WORK PROXY ROUND KEY=VALUE...
  local IFS=$'\t'
  printf '%s\n' "$*" >>"$directory/samples.tsv"
}

fails() { # fails WORK PROXY REASON
  say "  $2 cannot do $1: $3"
  sample "$1" "$2" 0 "fails=$3"
}

describe() { # describe KEY VALUE: a line about the machine
  printf '#%s\t%s\n' "$1" "$2" >>"$directory/samples.tsv"
}

describe_machine() {
  describe date "$(date -u '+%Y-%m-%d %H:%M UTC')"
  describe cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
  describe kernel "$(uname -sr)"
  describe placement "proxy on CPU $proxy_cpu, origin and load on CPU $load_cpus"
  describe run "$rounds rounds of $seconds s, warm-up $warm_up s"
  describe load-before "$(cut -d' ' -f1-3 /proc/loadavg)"
  describe nginx "$(nginx -v 2>&1 | sed 's|.*/||')"
  if uses haproxy; then describe haproxy "$(haproxy -v | sed -n '1s/.*version \([^ ]*\).*/\1/p')"; fi
  if uses yarp; then describe yarp "$(sed -n 's/.*"Yarp.ReverseProxy" Version="\([^"]*\)".*/\1/p' "$repository/Directory.Packages.props")"; fi
  if command -v dotnet >/dev/null; then
    describe dotnet "$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \([^ ]*\).*/\1/p' | tail -n 1)"
  fi
  if uses scp; then
    if [ -n "$scp_command" ]; then describe scp "a command of the caller's"
    else describe scp "$(git -C "$repository" describe --always --dirty 2>/dev/null || echo unknown)"; fi
  fi
  describe wrk "$(wrk -v 2>&1 | sed -n '1s/^wrk \([^ ]*\).*/\1/p')"
}

# --- the rows -----------------------------------------------------------------------------------------------------------------

warm_up_of() { # warm_up_of PROXY ROUND
  if [ "$2" -eq 1 ] && [[ $1 == scp || $1 == yarp ]]; then echo "$warm_up"; else echo 2; fi
}

start_all() { # start_all WORK: starts the proxies, sets `able` to those that can do it
  local proxy reason
  able=()
  for proxy in ${proxies//,/ }; do
    if ! start "$proxy"; then fails "$1" "$proxy" "does not start"; continue; fi
    if ! reason=$(python3 "$peers/probe.py" work "$1" "$(port_of "$proxy")"); then
      fails "$1" "$proxy" "${reason:-no answer}"
      stop "$proxy"
      continue
    fi
    able+=("$proxy")
  done
}

stop_all() {
  local proxy
  for proxy in ${proxies//,/ }; do stop "$proxy"; done
}

# Reads the clocks, runs a command that prints key=value, reads them again.
measured() { # measured WORK PROXY ROUND COMMAND...
  local before core_before after core_after line
  before=$(cpu_ticks "$2") core_before=$(core_ticks)
  line=$("${@:4}") || true
  after=$(cpu_ticks "$2") core_after=$(core_ticks)
  if [ -z "$line" ]; then sample "$1" "$2" "$3" errors=1; return; fi
  # shellcheck disable=SC2086 # key=value pairs
  sample "$1" "$2" "$3" $line ticks=$((after - before)) core_ticks=$((core_after - core_before)) rss_kib="$(resident_kib "$2")"
}

load_row() { # load_row WORK
  local able proxy round
  start_all "$1"
  for ((round = 1; round <= rounds; round++)); do
    say "  $1, round $round: ${able[*]}"
    for proxy in "${able[@]}"; do
      drive "$1" "$proxy" "$(warm_up_of "$proxy" "$round")" >/dev/null
      measured "$1" "$proxy" "$round" drive "$1" "$proxy" "$seconds"
    done
  done
  stop_all
}

idle_row() {
  local able proxy round
  for ((round = 1; round <= rounds; round++)); do
    start_all idle # a fresh process every round: memory that was once resident tends to stay
    say "  idle, round $round: ${able[*]}"
    for proxy in "${able[@]}"; do
      drive small "$proxy" "$(warm_up_of "$proxy" 1)" >/dev/null
      sleep 1
      # shellcheck disable=SC2046 # a list of process ids
      measured idle "$proxy" "$round" timeout -k 2 120 taskset -c "$load_cpus" \
        python3 "$peers/idle.py" "$(port_of "$proxy")" "$idle_connections" 4 $(tree "${pid[$proxy]}")
    done
    stop_all
    if [ ${#able[@]} -eq 0 ]; then break; fi
  done
}

# The generator warms up at the same rate first and says "measuring" when it begins to count: the clocks are read then.
constant_rate() { # constant_rate WORK PROXY ROUND RATE
  local log=$directory/load.out before core_before after core_after line generator
  : >"$log" # or the last run's "measuring" would be taken for this one's
  timeout -k 2 $((seconds + 30)) taskset -c "$load_cpus" dotnet "$(peer_dll Peer.Load)" "$(port_of "$2")" "$4" 2 "$seconds" 64 \
    >>"$log" 2>&1 &
  generator=$!
  until grep -q '^measuring' "$log" || ! kill -0 $generator 2>/dev/null; do sleep 0.02; done
  before=$(cpu_ticks "$2") core_before=$(core_ticks)
  wait $generator || true
  after=$(cpu_ticks "$2") core_after=$(core_ticks)
  line=$(sed -n 's/^peers //p' "$log")
  if [ -z "$line" ]; then tail -n 5 "$log" >&2; sample "$1" "$2" "$3" errors=1; return; fi
  # shellcheck disable=SC2086
  sample "$1" "$2" "$3" $line ticks=$((after - before)) core_ticks=$((core_after - core_before)) rss_kib="$(resident_kib "$2")"
}

latency_row() {
  local able proxy round common lowest=
  local -A maximum=()
  start_all latency
  for proxy in "${able[@]}"; do
    drive small "$proxy" "$(warm_up_of "$proxy" 1)" >/dev/null
    local line
    line=$(drive small "$proxy" 4)
    maximum[$proxy]=$(($(field requests "$line") / 4))
    say "  latency: the maximum of $proxy is ${maximum[$proxy]} requests/s"
    if [ -z "$lowest" ] || [ "${maximum[$proxy]}" -lt "$lowest" ]; then lowest=${maximum[$proxy]}; fi
  done
  common=${rate:-$((${maximum[scp]:-${lowest:-0}} / 2))}
  for ((round = 1; round <= rounds; round++)); do
    say "  latency, round $round: ${able[*]}"
    for proxy in "${able[@]}"; do constant_rate latency-half "$proxy" "$round" $((maximum[$proxy] / 2)); done
    for proxy in "${able[@]}"; do constant_rate latency-common "$proxy" "$round" "$common"; done
  done
  stop_all
}

start_row() {
  local proxy round line command failed=
  for ((round = 1; round <= starts; round++)); do
    say "  start, round $round"
    for proxy in ${proxies//,/ }; do
      [[ $failed == *" $proxy "* ]] && continue
      command_of "$proxy"
      if line=$(timeout -k 5 60 python3 "$peers/probe.py" start "$(port_of "$proxy")" "${command[@]}"); then
        sample start "$proxy" "$round" "$line"
      else
        fails start "$proxy" "${line:-no answer}"
        failed+=" $proxy "
      fi
    done
  done
}

main() {
  parse_options "$@"
  require_what_is_used
  prepare
  if uses scp; then build_scp; fi
  if uses yarp; then build_peer yarp; fi
  if [[ $works == *latency* ]]; then build_peer load; fi
  describe_machine
  start origin || die "the origin does not start"
  local work
  for work in ${works//,/ }; do
    case $work in
      idle) idle_row ;;
      latency) latency_row ;;
      start) start_row ;;
      *) load_row "$work" ;;
    esac
  done
  python3 "$peers/report.py" text <"$directory/samples.tsv" >"$directory/report.txt"
  python3 "$peers/report.py" markdown <"$directory/samples.tsv" >"$directory/report.md"
  if [ -n "$out" ]; then cp "$directory"/{report.txt,report.md,samples.tsv} "$out"; fi
  cat "$directory/report.txt"
  printf '\n--- as Markdown ---\n\n'
  cat "$directory/report.md"
}

main "$@"
