#!/bin/bash
# A sweep in sixteen tasks of an array job:
#
#   sbatch examples/slurm/sweep.sh
#
# A task that is stopped and requeued resumes where it stopped. To repeat a single task:
#
#   sbatch --array=2 examples/slurm/sweep.sh
#
# README.md shows how to submit the job that merges the shards.
#SBATCH --job-name=upsweep
#SBATCH --array=0-15
#SBATCH --cpus-per-task=2
#SBATCH --time=01:00:00
#SBATCH --requeue
set -euo pipefail

SPEC=${SPEC:-examples/vocoder.yaml}
OUT=${OUT:-vocoder.csv}

# Before Slurm kills a job, it sends SIGTERM to the processes that srun has started. upsweep then
# saves its progress.
exec srun "${UPSWEEP:-node_modules/.bin/upsweep}" sweep "$SPEC" -o "$OUT" \
  --shard auto/16 --resume --workers "${SLURM_CPUS_PER_TASK:-1}" --quiet
