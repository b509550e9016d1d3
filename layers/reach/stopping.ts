/**
 * A script that ends a process, all that descend from it and all in its session, with builtins and /proc alone: closing
 * a stream would leave them running. The process itself is held still, and ended last, when the others have let go of their
 * pipes: its parent would take them for left behind. With `parent` it ends nothing unless the process is that one's child:
 * the PID was foretold, and another process may have got it.
 */
export function stopTree(pid: number, parent?: number): string {
  const guard = parent === undefined ? "" : `of ${pid}&&[ "$p" = ${parent} ]||exit 0\n`;
  const session = parent === undefined ? `[ "$s" = ${pid} ]||` : "";
  return `of(){ read -r l </proc/$1/stat||return 1;set -- \${l##*) };t=$1 p=$2 s=$4;}
exec 2>/dev/null
${guard}kill -STOP ${pid};all=" ${pid} ";more=1
while [ $more = 1 ];do more=0
for d in /proc/[0-9]*;do n=\${d#/proc/};of $n||continue
case "$all" in *" $n "*);;*)if ${session}case "$all" in *" $p "*);;*)false;;esac;then kill -9 $n;all="$all$n ";more=1;fi;;esac
done;done
for n in \${all#" ${pid} "};do i=0;while of $n&&[ $t != Z ]&&[ $i -lt ${looks} ];do i=$((i+1));done;done
kill -9 ${pid}`;
}

/** At the kernel's bidding a process is gone at once; on a busy machine this is a tenth of a second. */
const looks = 1000;
