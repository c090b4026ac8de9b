"""What the frame itself says to people, in both languages: statuses, and what is wrong with a field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in two languages, with a short title where it stands for a status."""

    id: str
    en: str
    title_id: str = ""
    title_en: str = ""

    def detail(self, lang: str) -> str:
        return (self.en or self.id) if lang == "en" else (self.id or self.en)

    def title(self, lang: str) -> str:
        return self.title_en if lang == "en" else self.title_id


STATUS_WORDS: Final[dict[int, Words]] = {
    400: Words(
        "Permintaan tidak dapat dibaca. Perbaiki bagian yang disebut lalu kirim lagi.",
        "The request cannot be read. Correct the part that is named and send it again.",
        "Permintaan tidak terbaca",
        "Unreadable request",
    ),
    401: Words(
        "Masuk dahulu: kirim token akses yang masih berlaku.",
        "Log in first: send a valid access token.",
        "Belum masuk",
        "Not logged in",
    ),
    403: Words(
        "Peran Anda tidak boleh melakukan ini.",
        "Your role may not do this.",
        "Tidak diizinkan",
        "Not allowed",
    ),
    404: Words(
        "Tidak ditemukan. Periksa kembali kode atau alamatnya.",
        "Not found. Check the code or the address.",
        "Tidak ditemukan",
        "Not found",
    ),
    405: Words(
        "Metode ini tidak tersedia di alamat ini; lihat tajuk Allow.",
        "This method is not available at this address; see the Allow header.",
        "Metode tidak tersedia",
        "Method not available",
    ),
    408: Words(
        "Kiriman terlalu lambat atau terputus. Kirim lagi, atau kirim per bagian.",
        "The body came too slowly or broke off. Send it again, or in parts.",
        "Kiriman terlalu lambat",
        "Body too slow",
    ),
    409: Words(
        "Keadaannya tidak mengizinkan tindakan ini. Muat ulang lalu periksa lagi.",
        "Its state does not allow this. Load it again and check.",
        "Bertentangan dengan keadaan",
        "Conflict",
    ),
    410: Words(
        "Data ini tidak ada lagi di sini; lihat yang disebut.",
        "This is no longer here; see what is named.",
        "Tidak ada lagi",
        "Gone",
    ),
    412: Words(
        "Data sudah diubah orang lain. Muat ulang lalu ulangi.",
        "Somebody changed it since you read it. Load it again and repeat.",
        "Versi sudah lama",
        "Stale version",
    ),
    413: Words(
        "Isi permintaan terlalu besar. Kirim dalam bagian yang lebih kecil.",
        "The body of the request is too large. Send it in smaller parts.",
        "Terlalu besar",
        "Too large",
    ),
    415: Words(
        "Kirim isi sebagai application/json.",
        "Send the body as application/json.",
        "Jenis isi tidak didukung",
        "Unsupported media type",
    ),
    422: Words(
        "Isinya belum benar. Perbaiki bagian yang disebut lalu kirim lagi.",
        "The content is not right yet. Correct the fields that are named and send it again.",
        "Isi tidak sah",
        "Invalid content",
    ),
    428: Words(
        "Kirim tajuk If-Match dengan ETag yang terakhir Anda baca.",
        "Send the If-Match header with the ETag that you read last.",
        "Perlu If-Match",
        "If-Match required",
    ),
    429: Words(
        "Terlalu banyak permintaan. Tunggu sesuai tajuk Retry-After.",
        "Too many requests. Wait as the Retry-After header says.",
        "Terlalu sering",
        "Too many requests",
    ),
    500: Words(
        "Terjadi kesalahan di pihak kami. Sebutkan nomor permintaan ini kepada petugas.",
        "Something went wrong on our side. Tell the operator this request's number.",
        "Kesalahan layanan",
        "Internal error",
    ),
    503: Words(
        "Layanan sedang tidak siap. Kirim lagi permintaan yang sama sebentar lagi.",
        "The service is not ready. Send the same request again shortly.",
        "Layanan belum siap",
        "Service unavailable",
    ),
}

_FIELD_WORDS: Final[dict[str, Words]] = {
    "missing": Words("Wajib diisi.", "This field is required."),
    "extra_forbidden": Words(
        "Bagian ini tidak dikenal; hapus atau perbaiki namanya.",
        "This field is not known; remove it or correct its name.",
    ),
    "string_type": Words("Isi dengan teks.", "Give a text."),
    "string_unicode": Words(
        "Teks memuat karakter yang tidak sah.", "The text holds a character that is not valid."
    ),
    "string_too_short": Words(
        "Isi paling sedikit {min_length} karakter.", "Give at least {min_length} characters."
    ),
    "string_too_long": Words(
        "Isi paling banyak {max_length} karakter.", "Give at most {max_length} characters."
    ),
    "string_pattern_mismatch": Words("Bentuknya tidak sesuai.", "It has not the expected form."),
    "int_type": Words("Isi dengan bilangan bulat.", "Give a whole number."),
    "int_parsing": Words("Isi dengan bilangan bulat.", "Give a whole number."),
    "int_parsing_size": Words("Bilangannya terlalu besar.", "The number is too large."),
    "int_from_float": Words(
        "Isi dengan bilangan bulat, tanpa koma.", "Give a whole number, without a fraction."
    ),
    "float_type": Words("Isi dengan bilangan.", "Give a number."),
    "float_parsing": Words("Isi dengan bilangan.", "Give a number."),
    "finite_number": Words("Isi dengan bilangan yang terhingga.", "Give a finite number."),
    "bool_type": Words("Isi dengan true atau false.", "Give true or false."),
    "bool_parsing": Words("Isi dengan true atau false.", "Give true or false."),
    "greater_than": Words("Nilainya harus lebih dari {gt}.", "The value must be greater than {gt}."),
    "greater_than_equal": Words("Nilainya paling kecil {ge}.", "The value must be at least {ge}."),
    "less_than": Words("Nilainya harus kurang dari {lt}.", "The value must be less than {lt}."),
    "less_than_equal": Words("Nilainya paling besar {le}.", "The value must be at most {le}."),
    "enum": Words("Pilih salah satu: {expected}.", "Choose one of: {expected}."),
    "literal_error": Words("Pilih salah satu: {expected}.", "Choose one of: {expected}."),
    "list_type": Words("Isi dengan daftar.", "Give a list."),
    "too_short": Words("Isi paling sedikit {min_length}.", "Give at least {min_length}."),
    "too_long": Words("Isi paling banyak {max_length}.", "Give at most {max_length}."),
    "dict_type": Words("Isi dengan objek JSON.", "Give a JSON object."),
    "model_type": Words("Isi dengan objek JSON.", "Give a JSON object."),
    "model_attributes_type": Words("Isi dengan objek JSON.", "Give a JSON object."),
    "date_type": Words("Isi tanggal seperti 2026-01-31.", "Give a date such as 2026-01-31."),
    "date_parsing": Words("Isi tanggal seperti 2026-01-31.", "Give a date such as 2026-01-31."),
    "date_from_datetime_parsing": Words("Isi tanggal seperti 2026-01-31.", "Give a date such as 2026-01-31."),
    "datetime_type": Words(
        "Isi waktu dengan zona seperti 2026-01-31T09:00:00+07:00.",
        "Give an instant with its zone, such as 2026-01-31T09:00:00+07:00.",
    ),
    "datetime_parsing": Words(
        "Isi waktu dengan zona seperti 2026-01-31T09:00:00+07:00.",
        "Give an instant with its zone, such as 2026-01-31T09:00:00+07:00.",
    ),
    "timezone_aware": Words("Sebutkan zona waktunya.", "Give the time zone."),
    "one_dimension": Words(
        "Pilih satu rincian saja; silangkan paling banyak dengan wilayah dan bulan.",
        "Choose one dimension only; it can be crossed with the place and the month.",
    ),
    "uuid_parsing": Words("Bentuk UUID tidak benar.", "It is not a UUID."),
    "json_invalid": Words("JSON tidak dapat dibaca.", "The JSON cannot be read."),
}
_ANY_FIELD: Final = Words("Nilainya tidak sah.", "The value is not valid.")


def sentence_for(kind: str, context: Mapping[str, Any]) -> Words:
    """Say what to do about a pydantic error. Only the schema's own bounds are filled in, never the value."""
    found = _FIELD_WORDS.get(kind, _ANY_FIELD)
    known = {
        name: context[name]
        for name in ("min_length", "max_length", "gt", "ge", "lt", "le", "expected")
        if name in context
    }
    try:
        return Words(found.id.format(**known), found.en.format(**known))
    except KeyError:
        return _ANY_FIELD
