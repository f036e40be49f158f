#!/usr/bin/env bash
# Where SCP's CPU time goes and what it allocates, at one kind of work. --help says how.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

work=small
seconds=8
warm_up=15
top=40
keep=

help() {
  cat <<'HELP'
Usage: profile.sh [options]

Runs SCP alone on its core under load, samples it with perf and prints the symbols that take most CPU time, then measures the bytes it
allocates per request. Installs nothing; says what is missing.

  --work NAME           small, response-100k, new-connection or post-64k (default small)
  --seconds N           length of each of the two measurements (default 8)
  --warm-up N           seconds of load before (default 15)
  --top N               symbols to print (default 40)
  --keep DIRECTORY      keep perf.data and the map of compiled methods there, for "perf report" and flame graphs
  --proxy NAME          scp (default) or any peer; nginx and HAProxy have no allocations to measure
  --scp-dll PATH, --scp-command 'CMD', --scp-port N, --proxy-cpu N, --load-cpus LIST, --port-base N    as in run.sh

Sampling is by cpu-clock, as virtual machines often have no hardware counters. Methods that the framework ships precompiled have no
name until the runtime compiles them anew, which it does for all that is hot; what is left shows as [unknown] in its library. Set
DOTNET_ReadyToRun=0 to see those too. Allocation is read from the runtime's own counters over its diagnostics socket, in a second
measurement without perf.
HELP
}

parse_options() {
  proxy=scp
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) help; exit 0 ;;
      --work | --seconds | --warm-up | --top | --keep | --proxy | --scp-dll | --scp-command | --scp-port | --proxy-cpu | --load-cpus | \
        --port-base)
        [ $# -ge 2 ] || die "$1 needs a value"
        printf -v "$(tr - _ <<<"${1#--}")" %s "$2"
        shift 2
        ;;
      *) die "no such option: $1 (see --help)" ;;
    esac
  done
  case $work in small | response-100k | new-connection | post-64k) ;; *) die "no such work: $work (see --help)" ;; esac
  if [ -n "$scp_dll" ]; then scp_dll=$(realpath "$scp_dll"); fi
}

processes() { tree "${pid[$proxy]}" | paste -sd,; }

top_symbols() { # top_symbols TITLE SED-COMMAND PERF-OPTION...
  printf '\n%s\n\n' "$1"
  perf report -i "$directory/perf.data" --stdio -g none --percent-limit 0.2 "${@:3}" 2>/dev/null |
    sed -e '/^#/d' -e '/^ *$/d' -e 's/[ -]*$//' -e "$2" | sed -n "1,${top}p"
}

sample_cpu() {
  drive "$work" "$proxy" $((seconds + 2)) >"$directory/load.out" &
  local load=$!
  sleep 1
  perf record -q -e cpu-clock -F 999 -g -p "$(processes)" -o "$directory/perf.data" -- sleep "$seconds" >/dev/null 2>"$directory/perf.log" ||
    { cat "$directory/perf.log" >&2; die "perf record fails (kernel.perf_event_paranoid?)"; }
  wait $load
  printf '%s, %s, under perf: %s\n' "$proxy" "$work" "$(cat "$directory/load.out")"
  top_symbols "Own time, by library:" '' --no-children --sort dso
  top_symbols "Own time, by symbol:" '' --no-children --sort dso,symbol
  top_symbols "Own time, by symbol, without the kernel:" '/\[k\]/d' --no-children --sort dso,symbol
  top_symbols "Time including what it calls, by symbol, without the kernel (total, own):" '/\[k\]/d; / 0x0/d' --children --sort symbol
}

measure_allocation() {
  local load line allocation rate
  drive "$work" "$proxy" $((seconds + 3)) >"$directory/load.out" &
  load=$!
  sleep 1
  allocation=$(python3 "$peers/allocation.py" "${pid[$proxy]}" "$seconds") || allocation=
  wait $load
  printf '\nAllocation:\n\n'
  if [ -z "$allocation" ]; then echo "not measured"; return; fi
  line=$(cat "$directory/load.out")
  awk -v requests="$(field requests "$line")" -v took="$(field seconds "$line")" -v bytes="$(field bytes "$allocation")" \
    -v seconds="$(field intervals "$allocation")" -v collections="$(field collections "$allocation")" \
    'BEGIN {
      rate = requests / took
      printf "%.0f bytes per request (%.1f MB/s at %.0f requests/s), %.1f collections/s\n",
        bytes / seconds / rate, bytes / seconds / 1e6, rate, collections / seconds
    }'
}

keep_files() {
  mkdir -p "$keep"
  cp "$directory/perf.data" "$keep"
  cp "/tmp/perf-$1.map" "$keep" 2>/dev/null || true
}

main() {
  parse_options "$@"
  require nginx wrk python3 taskset dotnet perf
  if [ "$proxy" = haproxy ]; then require haproxy; fi
  prepare
  case $proxy in
    scp) build_scp ;;
    yarp) build_peer yarp ;;
  esac
  start origin || die "the origin does not start"
  # Without the second, compiled code lies in a doubly mapped file, for which perf does not look into the map of methods.
  DOTNET_PerfMapEnabled=1 DOTNET_EnableWriteXorExecute=0 start "$proxy" || die "$proxy does not start"
  local process=${pid[$proxy]} reason
  leftovers+=("/tmp/perf-$process.map" "/tmp/perfinfo-$process.map")
  reason=$(python3 "$peers/probe.py" work "$work" "$(port_of "$proxy")") || die "$proxy cannot do $work: $reason"
  say "warming up for $warm_up s"
  drive "$work" "$proxy" "$warm_up" >/dev/null
  sample_cpu
  if [ -n "$keep" ]; then keep_files "$process"; fi
  case $proxy in scp | yarp) measure_allocation ;; esac
}

main "$@"
