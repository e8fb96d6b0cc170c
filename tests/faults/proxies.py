"""The proxies of server/README.md as they stand there, but for names, ports and files, in front of
servers on this machine."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.e2e.deployment import ROOT, free_port
from tests.faults.watching import until
from tests.phone.http import Answer

README = (ROOT / "server" / "README.md").read_text()
NAME = "localhost"


def written(language: str) -> str:
    """The one block of that language in server/README.md."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    found: str = block
    return found


@dataclass(frozen=True)
class Front:
    """A proxy that runs; phones reach it at `origin`."""

    port: int
    certificate: Path

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.port}"

    def trusting(self, *protocols: str) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.certificate))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """A request from an address that is neither the proxy's nor the server's."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=self._any_name(), source_address=("127.0.0.5", 0)
        )
        named = {"Host": f"{NAME}:{self.port}"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def _any_name(self) -> ssl.SSLContext:
        context = self.trusting()
        context.check_hostname = False
        return context


@contextmanager
def front(kind: str, folder: Path, ports: Sequence[int], port: int) -> Iterator[Front]:
    """nginx or Caddy on `port`, before servers on `ports`."""
    folder.mkdir()
    certificate, key = certified(folder)
    command = COMMANDS[kind](folder, ports, port, certificate, key)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=os.environ | {"HOME": str(folder)}
        )
    try:

        def is_up() -> bool:
            assert process.poll() is None, (folder / "log").read_text()
            try:
                Front(port, certificate).ask("GET", "/healthz")
            except OSError:
                return False
            return True

        until(is_up)
        yield Front(port, certificate)
    finally:
        process.terminate()
        process.wait(30)


def program(name: str) -> str:
    if (found := shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")) is None:
        pytest.fail(f"{name} is missing. Install it with: sudo apt-get install {name}")
    return found


def put(text: str, replacements: Mapping[str, str]) -> str:
    """Each of these must stand there."""
    for old, new in replacements.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder: Path, ports: Sequence[int], port: int, certificate: Path, key: Path) -> list[str]:
    site = put(
        written("nginx"),
        {
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
            "care.example.org;": f"{NAME};",
            "/etc/letsencrypt/live/care.example.org/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/care.example.org/privkey.pem": str(key),
            "/var/log/nginx/doorstep.log": str(folder / "errors"),
            "127.0.0.1:8000": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:8001": f"127.0.0.1:{ports[1]}",
        },
    )
    kept = "\n".join(
        f"    {name}_temp_path {folder / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    as_root = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{as_root}daemon off;\npid {folder / 'pid'};\nerror_log {folder / 'errors'};\n"
        f"events {{}}\nhttp {{\n{kept}\n{site}}}\n"
    )
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, ports: Sequence[int], port: int, certificate: Path, key: Path) -> list[str]:
    site = put(
        written("caddyfile"),
        {
            "care.example.org {": f"{NAME}:{port} {{\n\ttls {certificate} {key}",
            "127.0.0.1:8000": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:8001": f"127.0.0.1:{ports[1]}",
        },
    )
    options = "{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n"
    (folder / "Caddyfile").write_text(options + site)
    return [program("caddy"), "run", "--config", str(folder / "Caddyfile")]


COMMANDS = {"nginx": nginx, "caddy": caddy}


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that only its holder trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
