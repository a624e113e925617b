#!/bin/bash
# Merges the shards that sweep.sh has written.
#SBATCH --job-name=upsweep-merge
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
set -euo pipefail

exec srun "${UPSWEEP:-node_modules/.bin/upsweep}" merge "${OUT:-vocoder.csv}" --force
