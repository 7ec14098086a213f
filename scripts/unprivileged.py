"""PostgreSQL refuses to run as root: then it runs as another user of this machine."""

import os
import pwd
import shutil
import subprocess

from scripts.errors import SetupError

USERS = ("postgres", "nobody")
# read and pass every folder, or ignore all permissions; containers often have only the second
CAPABILITIES = (None, "dac_read_search", "dac_override")


def server_user():
    """The user the server runs as, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SetupError("This machine has neither a user postgres nor nobody. Add one (useradd).")


def give(path, user):
    """Hand a file or folder to the server's user."""
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


def prefix(user, *paths):
    """What to put before a command to run it as the user, able to enter all these folders.

    A cache under a closed folder (root's home) is entered with one capability, so that no
    permission of a folder that is not ours has to change.
    """
    if user is None:
        return []
    if not shutil.which("setpriv"):
        raise SetupError("The program setpriv is missing. Install util-linux, or do not be root.")
    for capability in CAPABILITIES:
        command = _setpriv(user, capability)
        if all(_can_enter(command, path) for path in paths):
            return command
    raise SetupError(
        f"The user {user.pw_name}, who runs PostgreSQL, cannot enter {paths[0]}. Set"
        " CRM_GOOGLE_CACHE to a folder that every user may enter, then start again."
    )


def _setpriv(user, capability):
    command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    command.append("--pdeathsig=INT")  # the change of user undoes the one that our child has set
    if capability:
        # PostgreSQL's programs ask access(2), which forgets capabilities but for this bit
        command.append("--securebits=+no_setuid_fixup")
        command += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]
    return command


def _can_enter(command, path):
    # not `test -x`: access(2) leaves capabilities out of account
    attempt = [*command, "stat", f"{path}/."]
    done = subprocess.run(attempt, capture_output=True, cwd="/", check=False)
    return done.returncode == 0
