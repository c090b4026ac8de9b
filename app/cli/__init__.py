"""The `puskesos` command. What a command needs is loaded when it is called: the others start at once."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.screen import told
from app.settings import Settings

app = typer.Typer(
    help="Layanan kasus Puskesos dan SLRT. / Case service for Puskesos desks and SLRT secretariats.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
audit = typer.Typer(help="Rantai peristiwa. / The chains of events.", no_args_is_help=True)
database = typer.Typer(help="Peran basis data. / The roles of the database.", no_args_is_help=True)
bench = typer.Typer(help="Uji beban. / The benchmark.", no_args_is_help=True)
figures = typer.Typer(help="Angka untuk dasbor. / The figures of the dashboards.", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(figures, name="figures")
app.add_typer(database, name="db")
app.add_typer(bench, name="bench")

CHECKOUT = Path(__file__).resolve().parents[2]
"""Where the repository lies, if this runs from one."""


def main() -> None:
    """Run the command that the arguments name."""
    with told():
        app()


def _part(name: str) -> Any:
    """Load one part: a database driver, a web framework and a calendar library take seconds together."""
    return import_module(f"app.cli.{name}")


Host = Annotated[str | None, typer.Option(help="Alamat; bawaan 127.0.0.1. / Address; 127.0.0.1 by default.")]
Port = Annotated[
    int | None,
    typer.Option(
        min=0, max=65535, help="Port; yang diminta harus kosong. / One that is asked for must be free."
    ),
]


def _served(host: str | None, port: int | None) -> tuple[Settings, bool]:
    """The settings with what the command line says, and whether anybody asked for the port."""
    settings = Settings()
    explicit = port is not None or "port" in settings.model_fields_set
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return settings.model_copy(update=given), explicit


@app.command()
def serve(
    *,
    host: Host = None,
    port: Port = None,
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Pekerja di proses yang sama. / The worker in this process.")
    ] = False,
) -> None:
    """Layani HTTP. / Serve HTTP."""
    settings, explicit = _served(host, port)
    _part("serving").serve_command(settings, explicit=explicit, with_worker=with_worker)


@app.command()
def worker() -> None:
    """Jalankan pekerja: nomor peristiwa, segel. / Run the worker: the feed, the seals."""
    _part("serving").worker_command(Settings())


@app.command()
def migrate() -> None:
    """Sesuaikan skema basis data. / Bring the database to this release's schema."""
    _part("filling").migrate_command(Settings())


@app.command()
def seed(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Akun peragaan juga. / The demo's public log-ins too.")
    ] = False,
    people: Annotated[int, typer.Option(min=0, help="Jumlah warga rekaan. / Invented people.")] = 0,
) -> None:
    """Muat data rujukan; yang sudah ada tetap. / Load the reference data; what is there stays."""
    _part("filling").seed_command(Settings(), demo=demo, people=people)


@app.command()
def regions(
    changes: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="Kode lama, baru, nama, tanggal; dipisah tab. / Old code, new, name, day; by tabs.",
        ),
    ],
) -> None:
    """Ganti kode wilayah; data lama tetap ditemukan. / Replace region codes; rows stay found."""
    _part("filling").regions_command(Settings(), changes)


@app.command()
def demo(
    *,
    host: Host = None,
    port: Port = None,
    once: Annotated[
        bool, typer.Option("--once", help="Selesai sesudah cerita. / End after the story.")
    ] = False,
) -> None:
    """Siapkan semuanya, mainkan ceritanya, dan tetap melayani. / Set up, play the story, stay up."""
    settings, explicit = _served(host, port)
    play = import_module("app.demo.story").play
    _part("showing").demo_command(settings, play, explicit=explicit, once=once)


@app.command()
def admin(
    login: Annotated[str, typer.Argument(help="Misalnya budi@1374; budi@0000 pusat. / For instance.")],
    name: Annotated[str, typer.Option(prompt="Nama / Name", help="Nama orangnya. / The person's name.")],
    password: Annotated[
        str,
        typer.Option(
            prompt="Kata sandi / Password",
            hide_input=True,
            confirmation_prompt=True,
            envvar="PUSKESOS_PASSWORD",
        ),
    ],
) -> None:
    """Buat admin pertama sebuah kabupaten/kota. / Make the first administrator of a regency."""
    _part("keeping").admin_command(Settings(), login, name, password)


@app.command()
def keys() -> None:
    """Cetak kunci baru. / Print new keys."""
    _part("light").keys_command()


@app.command()
def rotate() -> None:
    """Bungkus ulang kunci data dengan kunci induk pertama. / Wrap data keys by the first master key."""
    _part("rotating").rotate_command(Settings())


@app.command()
def openapi(
    *,
    check: Annotated[bool, typer.Option("--check", help="Bandingkan saja. / Compare only.")] = False,
) -> None:
    """Tulis openapi.json. / Write openapi.json."""
    _part("keeping").openapi_command(check=check)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="Folder baru untuk cadangan. / A new folder for it.")],
    *,
    verify: Annotated[
        bool, typer.Option(help="Buktikan dengan memulihkannya. / Prove it by restoring it.")
    ] = True,
) -> None:
    """Cadangkan basis data, berkas, dan segel; kunci tidak ikut. / Back up all but the keys."""
    _part("saving").backup_command(Settings(), target, prove=verify)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="Folder cadangan. / The backup's folder.")],
    *,
    keys: Annotated[
        Path | None, typer.Option(help="Berkas kunci (keys.json). / The key file, where none is set.")
    ] = None,
) -> None:
    """Pulihkan cadangan ke basis data kosong. / Put a backup into an empty database."""
    _part("saving").restore_command(Settings(), source, keys)


@audit.command("verify")
def audit_verify() -> None:
    """Periksa semua rantai; sebut baris rusak yang pertama. / Check all chains; name the first bad row."""
    _part("keeping").verify_command(Settings())


@figures.command("rebuild")
def figures_rebuild() -> None:
    """Hitung ulang semua angka dari kasusnya. / Count all figures anew from their cases."""
    _part("counting").rebuild_command(Settings())


@database.command("init")
def database_init(
    admin_url: Annotated[
        str, typer.Option(help="Alamat peran yang boleh membuat peran. / Who may make roles.")
    ],
    name: Annotated[str, typer.Option(help="Nama basis data. / The database's name.")] = "puskesos",
) -> None:
    """Buat dua peran dan basis datanya. / Make the two roles and the database."""
    _part("keeping").roles_command(admin_url, name)


_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@bench.command("data", context_settings=_PASSED_ON)
def bench_data(context: typer.Context) -> None:
    """Isi basis data uji beban. / Fill the benchmark's database."""
    _part("light").bench_command("data", context.args)


@bench.command("run", context_settings=_PASSED_ON)
def bench_run(context: typer.Context) -> None:
    """Ukur. / Measure."""
    _part("light").bench_command("run", context.args)
