"""Parts of Indonesian names, put together at random: whoever bears such a name is not meant."""

from typing import Final


def _listed(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


MEN: Final = _listed(
    "Ahmad Agus Budi Dedi Eko Fajar Gunawan Hadi Hendra Idris Iwan Jafar Joko Kurnia Lukman Mahmud Nasrul",
    "Oki Parman Rahmat Rizal Rudi Samsul Slamet Sukri Syahril Taufik Udin Wahyu Yanto Yusuf Zainal",
    "Zulkifli Arif Basri Chandra Darwis Efendi Firman Gazali Hasan Irwan Jamal Kamal Luthfi Marwan Nurdin",
    "Rusli",
)
WOMEN: Final = _listed(
    "Aisyah Asni Dahlia Desi Dewi Elvi Ermawati Fatimah Fitri Gusti Halimah Hasnah Ida Irma Jamilah",
    "Kartini Laila Lestari Marlina Mariana Nani Nurhayati Nurul Rahma Ratna Rina Rohana Salmah Sari Siti",
    "Sri Suryani Syamsiah Tuti Upik Wati Yanti Yuliana Yusnidar Zahara Zubaidah Ani Bainah Cici Darmi Eka",
    "Farida Mulyani",
)
FAMILY: Final = _listed(
    "Abdullah Anwar Arifin Aziz Bahri Chaniago Darmawan Effendi Fadli Ghani Hakim Halim Hamzah Harahap",
    "Hidayat Ibrahim Ilyas Ismail Jambak Kadir Karim Koto Latif Maulana Munir Mustafa Nasution Nawawi",
    "Piliang Prasetyo Putra Rahman Ramadhan Ridwan Saleh Santoso Saputra Sikumbang Siregar Subagyo",
    "Sulaiman Supriyadi Susanto Syarif Tanjung Umar Wibowo Wijaya Yunus Zakaria",
)
FEMALE_FAMILY: Final = _listed(
    "Aminah Anggraini Asmarani Astuti Azizah Badriah Damayanti Fauziah Handayani Hartati Hasanah Indriani",
    "Khairiyah Kusuma Lubis Maharani Mardiah Masitah Melati Munawarah Nengsih Novita Oktaviani Permata",
    "Puspita Putri Rahayu Rahmawati Ramadhani Rosdiana Rukmini Safitri Saputri Setiawati Sulastri Susanti",
    "Tanjung Utami Wahyuni Wulandari Yulianti Yusra Zakiah",
)
STREETS: Final = _listed(
    "Melati Mawar Kenanga Anggrek Cempaka Flamboyan Rambutan Mangga Surau Pasar Sawah Bukit",
)
