"""What the resident's page says: plain Indonesian, and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.api.language import Language
from app.domain.documents import Words

WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "form_title": Words("Lacak kasus Anda", "Follow your case"),
        "case_title": Words("Kasus Anda", "Your case"),
        "trouble_title": Words("Tidak berhasil", "That did not work"),
        "other_language": Words("English", "Bahasa Indonesia"),
        "problem": Words("Ada yang salah", "Something is wrong"),
        "intro": Words(
            "Ketik nomor tiket dan PIN dari tanda terima Anda.", "Type ticket and PIN from your slip."
        ),
        "ticket": Words("Nomor tiket", "Ticket"),
        "ticket_help": Words("Contoh: 1374-3F7K-9QX2-M", "Such as 1374-3F7K-9QX2-M"),
        "pin": Words("PIN", "PIN"),
        "pin_help": Words("6 angka", "6 digits"),
        "open": Words("Buka kasus saya", "Open my case"),
        "lost": Words(
            "PIN hilang? Minta PIN baru di meja Puskesos. Jangan berikan PIN kepada orang lain.",
            "PIN lost? Ask the Puskesos desk for a new one. Give your PIN to nobody.",
        ),
        "habis": Words(
            "Waktu 15 menit sudah habis. Ketik tiket dan PIN lagi.",
            "The 15 minutes are over. Type ticket and PIN again.",
        ),
        "keluar": Words("Anda sudah keluar.", "You are logged out."),
        "benar": Words("Terima kasih. Jawaban Anda sudah dicatat.", "Thank you. Your answer is recorded."),
        "beda": Words(
            "Jawaban Anda berbeda dari catatan kami. Kasus dibuka lagi untuk diperiksa.",
            "Your answer differs from our record. The case is open again and will be looked into.",
        ),
        "sanggah": Words(
            "Sanggahan Anda dicatat. Kasus dibuka lagi untuk diperiksa.",
            "Your word is recorded. The case is open again and will be looked into.",
        ),
        "nilai": Words("Terima kasih atas penilaian Anda.", "Thank you for your rating."),
        "batal": Words("Kasus Anda sudah dibatalkan.", "Your case is withdrawn."),
        "berkas": Words("Berkas sudah kami terima.", "We have received the paper."),
        "waits_for_you": Words("Sekarang menunggu Anda.", "It waits for you now."),
        "now_at": Words("Sekarang di", "Now with"),
        "until": Words("Paling lambat", "At the latest"),
        "was_due": Words("Sudah lewat waktu, seharusnya", "Overdue since"),
        "ask_at": Words("Tempat bertanya", "Where to ask"),
        "outcome": Words("Hasil", "Outcome"),
        "needed": Words("Yang masih diperlukan", "What is still needed"),
        "have": Words("sudah kami terima", "received"),
        "have_not": Words("belum ada", "not here yet"),
        "which_paper": Words("Berkas yang mana?", "Which paper?"),
        "file": Words("Foto atau PDF berkas itu", "A photo or PDF of it"),
        "file_help": Words("Seluruh kertas tampak dan terbaca.", "The whole paper shows and can be read."),
        "send_paper": Words("Kirim berkas", "Send the paper"),
        "confirm": Words("Benarkah yang Anda terima?", "Is what you received right?"),
        "confirm_plain": Words(
            "Kasus ini selesai dan tidak ada bantuan yang tercatat untuk Anda.",
            "The case is resolved and no aid is recorded for you.",
        ),
        "got_all": Words("Ya, saya terima semuanya", "Yes, I received all of it"),
        "got_part": Words("Saya terima, tetapi berbeda", "I received it, but not like this"),
        "got_none": Words("Tidak, saya tidak terima", "No, I received nothing"),
        "amount": Words(
            "Bila berbeda: berapa rupiah yang Anda terima?", "If not like this: how many rupiah were it?"
        ),
        "goods": Words("Bila berbeda: barang apa yang Anda terima?", "If not like this: which goods?"),
        "comment": Words("Pesan (boleh kosong)", "A word to us (may stay empty)"),
        "confirm_send": Words("Kirim jawaban", "Send the answer"),
        "dispute": Words("Tidak benar?", "Is it not so?"),
        "dispute_help": Words(
            "Tulis apa yang tidak benar. Kasus dibuka lagi dan diperiksa.",
            "Write what is not right. The case is opened again and looked into.",
        ),
        "reason": Words("Apa yang tidak benar?", "What is not right?"),
        "dispute_send": Words("Kirim sanggahan", "Send"),
        "rate": Words("Bagaimana kami melayani Anda?", "How did we serve you?"),
        "rating": Words("Nilai pelayanan kami", "Your rating of our service"),
        "choose": Words("Pilih nilai", "Choose"),
        "star_5": Words("sangat baik", "very good"),
        "star_4": Words("baik", "good"),
        "star_3": Words("cukup", "fair"),
        "star_2": Words("kurang", "poor"),
        "star_1": Words("buruk", "bad"),
        "rate_send": Words("Kirim nilai", "Send the rating"),
        "notes": Words("Pesan petugas untuk Anda", "What officers wrote to you"),
        "programs": Words("Bantuan dan layanan", "Aid and services"),
        "by": Words("Oleh", "By"),
        "in_line": Words("Nomor antrean", "Place in line"),
        "steps": Words("Yang sudah terjadi", "What has happened"),
        "withdraw": Words("Batalkan kasus ini", "Withdraw this case"),
        "withdraw_help": Words(
            "Permohonan yang sudah dikirim ke lembaga lain ikut ditarik.",
            "What was sent to other bodies is taken back too.",
        ),
        "withdraw_note": Words("Sebab (boleh kosong)", "Why (may stay empty)"),
        "withdraw_sure": Words("Ya, saya ingin membatalkan", "Yes, I want to withdraw"),
        "withdraw_send": Words("Batalkan kasus", "Withdraw the case"),
        "leave": Words("Keluar", "Log out"),
        "time": Words(
            "Halaman ini terbuka 15 menit. Setelah itu ketik PIN lagi.",
            "This page is open for 15 minutes. After that type your PIN again.",
        ),
        "back": Words("Kembali", "Back"),
        "unsure": Words(
            "Tandai dahulu bahwa Anda ingin membatalkan.", "Tick first that you want to withdraw."
        ),
        "unsaid": Words("Jawab setiap pertanyaan tentang bantuan.", "Answer each question about the aid."),
    }
)


def words_in(lang: Language) -> Mapping[str, str]:
    return {name: one.en if lang == "en" else one.id for name, one in WORDS.items()}
