#!/bin/sh
# Two hosts on one machine, to try a cluster: two network namespaces, joined by a cable (a veth pair), that share a disk.
# The scheduler and the driver run on one, a worker on each; then the cable is pulled in the middle of a fit.
# Needs Linux, root and `ip`:   sudo PYTHON=.venv/bin/python docs/two_hosts.sh
set -eu
PYTHON=${PYTHON:-python3}
FOLDER=$(mktemp -d)
PIDS=

clean() {
    for pid in $PIDS; do kill -9 "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    ip netns del gn-one 2>/dev/null || true
    ip netns del gn-two 2>/dev/null || true
    rm -rf "$FOLDER"
}
trap clean EXIT
trap 'exit 130' INT TERM

ip netns add gn-one
ip netns add gn-two
ip link add gn-a netns gn-one type veth peer name gn-b netns gn-two
ip -n gn-one addr add 10.77.0.1/24 dev gn-a
ip -n gn-two addr add 10.77.0.2/24 dev gn-b
for host in gn-one gn-two; do ip -n "$host" link set lo up; done
ip -n gn-one link set gn-a up
ip -n gn-two link set gn-b up

on() { # on HOST WHAT OPTIONS...: start a part of Dask there
    host=$1 what=$2
    shift 2
    ip netns exec "$host" "$PYTHON" -c "from distributed.cli import $what; $what.main()" --no-dashboard "$@" \
        >"$FOLDER/$host-$what.log" 2>&1 &
    PIDS="$PIDS $!"
}
export DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL=10s   # a host that says nothing for so long is given up
on gn-one dask_scheduler --host 10.77.0.1 --port 8786
on gn-one dask_worker tcp://10.77.0.1:8786 --nthreads 1 --no-nanny --host 10.77.0.1
on gn-two dask_worker tcp://10.77.0.1:8786 --nthreads 1 --no-nanny --host 10.77.0.2

cat >"$FOLDER/drive.py" <<'END'
import subprocess, sys, time
import numpy as np
import glassneuron as gn

folder = sys.argv[1]
random = np.random.default_rng(0)
np.save(f"{folder}/X.npy", random.normal(size=(1_000_000, 20)))
X = np.load(f"{folder}/X.npy", mmap_mode="c")
y = (X[:, :4].sum(axis=1) + random.normal(size=len(X)) > 0.0).astype(int)

def learner(**more):
    return gn.SigmoidNeuron(solver="batch", learning_rate=0.1, max_epochs=30, tol=None, **more)

alone = learner().fit(X, y)

def pull(history):
    if history.epochs == 10:
        subprocess.run(["ip", "-n", "gn-two", "link", "set", "gn-b", "down"], check=True)
        print("the cable is pulled after epoch 10", flush=True)

from distributed import Client
with Client("tcp://10.77.0.1:8786") as client:
    client.wait_for_workers(2, timeout=60)
    print("hosts:", ", ".join(sorted({address.rsplit(":", 1)[0] for address in client.scheduler_info()["workers"]})))
    with gn.machines(client):
        for name, neuron in (("two hosts", learner()), ("one is lost on the way", learner(on_epoch=pull))):
            start = time.perf_counter()
            neuron.fit(X, y)
            same = np.array_equal(neuron.coef_, alone.coef_) and neuron.history_.losses == alone.history_.losses
            print(f"{name}: {time.perf_counter() - start:.1f} s, {'the same bits' if same else 'OTHER BITS'}", flush=True)
END
ip netns exec gn-one "$PYTHON" "$FOLDER/drive.py" "$FOLDER"
