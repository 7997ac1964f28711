"""A client of PVE that nobody here wrote, python3-proxmoxer as Debian ships it, against the lab.

Arguments: PORT, then SECRET of root@pam's token `all`; the password of root@pam on standard input.
Template 9000 has a cloud image whose guest agent answers. Prints one line per thing that it did.
"""
import sys
import time

from proxmoxer import ProxmoxAPI
from proxmoxer.core import ResourceException

port, secret = int(sys.argv[1]), sys.argv[2]
password = sys.stdin.read().strip()
VMID = 240


def connect(**auth):
    return ProxmoxAPI("127.0.0.1", port=port, user="root@pam", verify_ssl=False, **auth)


def done(api, upid):
    """Waits for a task as proxmoxer's own Tasks.blocking_status does; it has to end well."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = api.nodes("pve1").tasks(upid).status.get()
        if status["status"] == "stopped":
            assert status["exitstatus"] == "OK", (upid, status)
            return
        time.sleep(0.05)
    raise AssertionError(f"{upid} did not end")


def refused(call, status, words):
    try:
        call()
    except ResourceException as error:
        assert (error.status_code, words in str(error)) == (status, True), str(error)
        return
    raise AssertionError(f"it was not refused: {words}")


def walk(api):
    node = api.nodes("pve1")
    assert [row["node"] for row in api.nodes.get()] == ["pve1"]
    done(api, node.qemu(9000).clone.post(newid=VMID, name="by-proxmoxer", full=1, storage="local-lvm"))
    vm = node.qemu(VMID)
    print("clone")
    assert vm.config.put(cores=2, memory=2048, description="by proxmoxer", tags="a;b") is None
    done(api, vm.config.post(net0="virtio,bridge=vmbr0,tag=20"))
    done(api, vm.resize.put(disk="scsi0", size="+1G"))
    config = vm.config.get()
    assert (config["cores"], config["memory"], config["tags"]) == (2, "2048", "a;b"), config
    assert ",tag=20" in config["net0"] and config["net0"].startswith("virtio=BC:24:11:"), config
    print("configure")
    refused(vm.agent.ping.post, 500, f"VM {VMID} is not running")
    done(api, vm.status.start.post())
    assert vm.status.current.get()["status"] == "running"
    print("start")
    answers(vm)
    cards = vm.agent("network-get-interfaces").get()["result"]
    assert "lo" in [card["name"] for card in cards], cards
    pid = vm.agent.exec.post(command=["uname", "-s"])["pid"]
    print("agent", ran(vm, pid))
    refused(lambda: node.qemu.delete(VMID), 500, f"VM {VMID} is running - destroy failed")
    done(api, vm.snapshot.post(snapname="before", description="by proxmoxer"))
    assert [row["name"] for row in vm.snapshot.get()] == ["before", "current"]
    done(api, vm.snapshot("before").rollback.post())
    done(api, vm.snapshot("before").delete())
    assert [row["name"] for row in vm.snapshot.get()] == ["current"]
    print("snapshot")
    done(api, vm.status.stop.post())
    done(api, node.qemu(VMID).delete(purge=1))
    refused(vm.config.get, 500, f"Configuration file 'nodes/pve1/qemu-server/{VMID}.conf' does not exist")
    print("delete")


def answers(vm):
    """Until the guest is up, every call of its agent says that it is not running."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            vm.agent.ping.post()
            return
        except ResourceException as error:
            assert "QEMU guest agent is not running" in str(error), str(error)
            time.sleep(0.1)
    raise AssertionError("the agent never answered")


def ran(vm, pid):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = vm.agent("exec-status").get(pid=pid)
        if status["exited"]:
            assert status["exitcode"] == 0, status
            return status["out-data"].strip()
        time.sleep(0.05)
    raise AssertionError("the command did not end")


walk(connect(password=password))
walk(connect(token_name="all", token_value=secret))
