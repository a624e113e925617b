#!/bin/bash
# Runs examples/slurm on a real Slurm with one node: an array job, a merge that depends on it, and a
# task that is stopped and requeued.
#
#   apt-get install -y slurm-wlm munge && npm run build && test/slurm/run.sh
#
# Requires root. Starts munge and Slurm with their own configuration in a temporary folder, and stops
# them at the end. test/slurm/output.txt is the output of the last run.
set -euo pipefail

for program in munged slurmctld slurmd sbatch; do
  if ! command -v "$program" >/dev/null; then
    echo "skipped: $program is not installed (apt-get install -y slurm-wlm munge)"
    exit 0
  fi
done
if [ "$(id -u)" != 0 ]; then
  echo "skipped: Slurm's daemons need root"
  exit 0
fi

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
host=$(hostname -s)
export SLURM_CONF=$work/slurm.conf

cleanup() {
  for daemon in slurmd slurmctld; do [ -f "$work/$daemon.pid" ] && kill "$(cat "$work/$daemon.pid")" 2>/dev/null; done
  [ -f "$work/munged.pid" ] && kill "$(cat "$work/munged.pid")" 2>/dev/null
  sleep 1
  rm -rf "$work"
}
trap cleanup EXIT

mkdir "$work/state" "$work/spool" "$work/munge"
dd if=/dev/urandom bs=1 count=1024 of="$work/munge/key" 2>/dev/null
chown -R munge: "$work/munge"
chmod 755 "$work" && chmod 755 "$work/munge" && chmod 400 "$work/munge/key"
cat > "$work/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SchedulerParameters=sched_interval=1,batch_sched_delay=0
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
KillWait=5
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:8
CONF

munge=(munged --force --key-file="$work/munge/key" --socket="$work/munge/socket"
  --pid-file="$work/munged.pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed")
runuser -u munge -- "${munge[@]}" 2>/dev/null || "${munge[@]}"
slurmctld -f "$work/slurm.conf"
slurmd -f "$work/slurm.conf"
for _ in $(seq 30); do
  [ "$(sinfo -h -o %t 2>/dev/null)" = idle ] && break
  sleep 1
done
sinfo

wait_for() {
  for _ in $(seq 180); do
    [ -z "$(squeue -h -j "$1" 2>/dev/null)" ] && return 0
    sleep 1
  done
  echo "failed: job $1 has not ended"
  squeue
  tail -n 20 "$work"/*.log
  exit 1
}

cd "$work"
mkdir examples && cp -r "$root/examples/." examples/
mkdir -p node_modules/.bin
printf '#!/bin/bash\nexec node "%s/dist/bin/cli.cjs" "$@"\n' "$root" > node_modules/.bin/upsweep
chmod +x node_modules/.bin/upsweep
upsweep=$work/node_modules/.bin/upsweep
export SPEC=examples/vocoder.yaml OUT=vocoder.csv

echo "== an array of 16 shards, and a merge that waits for them"
sweep=$(sbatch --parsable examples/slurm/sweep.sh)
merge=$(sbatch --parsable --dependency=afterok:"$sweep" examples/slurm/merge.sh)
wait_for "$merge"
cat slurm-*.out
ls vocoder.*.csv | wc -l
"$upsweep" sweep "$SPEC" --quiet | cmp - vocoder.csv
echo "passed: the merged file is byte-identical to the unsharded sweep"

echo "== a task that is stopped by a requeue, and resumes"
long="--kernel-size 1..60 --stride 1..7 --padding 0..30 --groups 1,2,3 --l-in 1000000"
long="$long --in-channels 6 --out-channels 4 --method simulate"
cat > long.sh <<JOB
#!/bin/bash
#SBATCH --array=0-1
#SBATCH --requeue
#SBATCH --open-mode=append
exec srun "$upsweep" sweep $long -o long.csv --shard auto --resume --workers 1
JOB
long_job=$(sbatch --parsable long.sh)
for _ in $(seq 60); do
  [ -f long.00000-of-00002.csv.partial.json ] && break
  sleep 0.5
done
scontrol requeue "${long_job}_0"
# A requeued job waits two minutes for its start time; let it start immediately.
for _ in $(seq 30); do scontrol update JobId="${long_job}_0" StartTime=now 2>/dev/null && break; sleep 1; done
wait_for "$long_job"
if ! grep -h "resuming after\|interrupted" slurm-"$long_job"_*.out; then
  echo "failed: no task was stopped and resumed"
  cat slurm-"$long_job"_*.out
  tail -n 30 ./*.log
  exit 1
fi
"$upsweep" merge long.csv
# shellcheck disable=SC2086
"$upsweep" sweep $long --quiet | cmp - long.csv
echo "passed: the merged file is byte-identical to the unsharded sweep"
