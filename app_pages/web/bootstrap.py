"""Set up the environment that the app runs in, and serve the app from it, with nothing but the standard library."""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from layers import installation

REQUIREMENTS = installation.ROOT / "requirements.txt"
VENV = installation.ROOT / ".venv"

# what nobody has to confirm, and what this program does not want to hear
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")


class SetUpError(Exception):
    """A step of the set-up failed; the arguments say what to do, in English and in Thai."""


def main(words: Sequence[str]) -> int:
    """Set the environment up where it is missing or old, then serve; return the exit code.

    Parameters
    ----------
    words
        Arguments of the command line; those not known here go to ``streamlit run``.
    """
    # a console of another code page has no Thai letters, and a message must not end the set-up
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    asked, passed_on = parser().parse_known_args(words)
    if asked.install is None and all(map(_is_met, _pins(REQUIREMENTS))):
        return serve(Path(sys.executable), asked, passed_on)
    try:
        python = environment([REQUIREMENTS, *(Path(name).resolve() for name in asked.install or ())])
    except SetUpError as fault:
        announce(*fault.args)
        return 1
    except KeyboardInterrupt:
        announce("Stopped; the same command goes on from here.", "หยุดแล้ว สั่งคำสั่งเดิมเพื่อทำต่อ")
        return 130
    return 0 if asked.install is not None else serve(python, asked, passed_on)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line of ``app.py``."""
    found = argparse.ArgumentParser(
        prog="app.py",
        description="Serve Jaidee to the person at this computer; the first start installs what it needs into .venv.",
        epilog="Other options go to `streamlit run`.",
        # no abbreviations: what is not known here goes on to Streamlit
        allow_abbrev=False,
    )
    found.add_argument("--workspace", metavar="DIR", help="folder of the record; else that of JAIDEE_WORKSPACE")
    found.add_argument("--port", metavar="N", help="port to listen at; else 8501")
    found.add_argument("--open", action="store_true", help="open the browser when it serves")
    found.add_argument(
        "--install",
        metavar="FILE",
        nargs="*",
        help="set up and stop, with what these files list besides requirements.txt",
    )
    return found


def announce(english: str, thai: str) -> None:
    """Print one message in both languages, or in English alone on a terminal that has no Thai letters."""
    print(english, flush=True)
    try:
        thai.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return
    print(thai, flush=True)


def environment(files: Sequence[Path], folder: Path = VENV) -> Path:
    """Return the Python of an environment that has every package the files pin, installed first where they are not.

    Parameters
    ----------
    files
        Requirements, as pip reads them.
    folder
        The virtual environment, made when it is missing, was left half made, or belongs to a Python that is gone.

    Raises
    ------
    SetUpError
        If the environment cannot be made, or a package cannot be installed.
    """
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed.sha256"
    # by what the files hold, so that a later start runs no pip while they are the same
    wanted = {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    if stamp.is_file() and wanted <= set(stamp.read_text("ascii").split()) and _has(python, "streamlit"):
        return python
    if not _has(python, "pip"):
        _create(folder)
    # while packages are being installed, no stamp may call them complete
    stamp.unlink(missing_ok=True)
    _install(python, files, folder / "pip.log")
    stamp.write_text("\n".join(sorted(wanted)) + "\n", "ascii")
    return python


def _pins(file: Path) -> list[str]:
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _is_met(pin: str) -> bool:
    """Return whether the running Python has exactly this version of a package."""
    name, _, version = pin.partition("==")
    try:
        installed = importlib.metadata.version(name.partition("[")[0])
    except importlib.metadata.PackageNotFoundError:
        return False
    # 1.0 and 1.000 are the same version
    return re.sub(r"(\.0+)+$", "", installed) == re.sub(r"(\.0+)+$", "", version)


def _has(python: Path, module: str) -> bool:
    """Return whether an environment's Python starts, is new enough and finds a module."""
    probe = f"import importlib.util as u, sys; sys.exit(sys.version_info < (3, 11) or not u.find_spec({module!r}))"
    try:
        return subprocess.run([python, "-c", probe], capture_output=True).returncode == 0  # noqa: S603 - our environment
    except OSError:
        return False


def _create(folder: Path) -> None:
    maker = "venv"
    if not importlib.util.find_spec("ensurepip"):
        # Debian and Ubuntu keep this part of the standard library in a package of its own
        if importlib.util.find_spec("virtualenv"):
            maker = "virtualenv"
        else:
            _install_ensurepip()
    announce(f"Making the environment in {folder}", f"กำลังสร้างสภาพแวดล้อมใน {folder}")
    done = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-m", maker, "--clear", folder], capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
        raise SetUpError(
            f"The environment {folder} could not be made: {reason}", f"สร้างสภาพแวดล้อม {folder} ไม่ได้: {reason}"
        )


def _install_ensurepip() -> None:
    """Install Python's own installer with the system's package manager.

    Raises
    ------
    SetUpError
        If there is no apt-get, or we may not use it, or it fails.
    """
    package = "python{}.{}-venv".format(*sys.version_info)
    by_hand = SetUpError(
        f"Python's venv is missing here; type  sudo apt-get install {package}  and then the same command again.",
        f"เครื่องนี้ยังไม่มี venv ของ Python กรุณาสั่ง  sudo apt-get install {package}  แล้วสั่งคำสั่งเดิมอีกครั้ง",
    )
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    # -n asks for no password, which nobody may be there to type
    as_root = [] if is_root else ["sudo", "-n"]
    if not shutil.which("apt-get") or not (is_root or (shutil.which("sudo") and _succeeds([*as_root, "true"]))):
        raise by_hand
    announce(
        f"Installing {package} with apt-get, for Python's venv is missing here",
        f"เครื่องนี้ยังไม่มี venv ของ Python กำลังติดตั้ง {package} ด้วย apt-get",
    )
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    if not (_succeeds([*apt, "update"]) and _succeeds([*apt, "install", "-y", package])):
        raise by_hand


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0  # noqa: S603 - fixed words of ours


def _install(python: Path, files: Sequence[Path], log: Path) -> None:
    announce(
        "Installing the packages; the first time this takes some minutes and a network",
        "กำลังติดตั้งส่วนประกอบ ครั้งแรกใช้เวลาหลายนาทีและต้องมีอินเทอร์เน็ต",
    )
    command = [python, *PIP, *(word for file in files for word in ("-r", file))]
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(  # noqa: S603 - the Python that we have just made
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
        ) as pip,
    ):
        # as it comes, so that the person sees that something goes on
        for line in pip.stdout or ():
            kept.write(line)
            _show_progress(line)
    if pip.returncode:
        raise _pip_error(log)


def _show_progress(line: str) -> None:
    if found := re.match(r"(?:Collecting|Processing) (.+?)(?: \(|$)", line):
        print(f"  {found[1].rpartition('/')[2]}", flush=True)
    elif line.startswith("Installing collected packages:"):
        count = line.count(",") + 1
        announce(f"Unpacking {count} packages", f"กำลังแตกไฟล์ {count} รายการ")


def _pip_error(log: Path) -> SetUpError:
    text = log.read_text("utf-8")
    if "Retrying (" in text:
        return SetUpError(
            f"The packages could not be fetched: check the network and its proxy, then start again ({log} has more).",
            f"ดาวน์โหลดส่วนประกอบไม่ได้ กรุณาตรวจอินเทอร์เน็ตและพร็อกซี แล้วสั่งคำสั่งเดิมอีกครั้ง (รายละเอียดใน {log})",
        )
    reasons = [line for line in text.splitlines() if line.startswith("ERROR:")] or text.splitlines()
    reason = reasons[0] if reasons else ""
    return SetUpError(
        f"The packages could not be installed ({log} has more): {reason}",
        f"ติดตั้งส่วนประกอบไม่ได้ (รายละเอียดใน {log}): {reason}",
    )


def serve(python: Path, asked: argparse.Namespace, passed_on: Sequence[str]) -> int:
    """Serve the app until it is stopped; on a POSIX system this process becomes the server and does not return."""
    # relative folders are meant from here, and Streamlit reads its settings from the folder of the app
    if os.environ.get("JAIDEE_WORKSPACE"):
        os.environ["JAIDEE_WORKSPACE"] = str(Path(os.environ["JAIDEE_WORKSPACE"]).resolve())
    of_the_app = ["--workspace", str(Path(asked.workspace).resolve())] if asked.workspace else []
    of_streamlit = ["--server.port", asked.port] if asked.port else []
    if asked.open:
        of_streamlit += ["--server.headless", "false", "--server.showEmailPrompt", "false"]
    os.chdir(installation.ROOT)
    announce("Starting; stop with Ctrl+C", "กำลังเปิดโปรแกรม หยุดด้วย Ctrl+C")
    command = [str(python), "-m", "streamlit", "run", "app.py", *of_streamlit, *passed_on, "--", *of_the_app]
    if os.name != "nt":
        os.execv(python, command)  # noqa: S606 - the Python of our environment
    # Windows has no exec: there the server is a child, which gets Ctrl+C from the same console and ends by itself
    with subprocess.Popen(command) as server:  # noqa: S603 - the Python of our environment
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:
                continue
