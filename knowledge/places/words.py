"""The words around names of places."""

from __future__ import annotations

from collections import defaultdict

from knowledge.places.names import name_key, word_key


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _keys(text: str) -> frozenset[str]:
    return frozenset(map(word_key, text.split()))


# (spelling, kind it stands for, whether a dot must follow): "h" and "x" alone mean other things in chats.
_SPELLINGS: tuple[tuple[str, str, bool], ...] = (
    ("phường", "phường", False),
    ("ph", "phường", False),
    ("p", "phường", False),
    ("f", "phường", False),
    ("ward", "phường", False),
    ("xã", "xã", False),
    ("x", "xã", True),
    ("commune", "xã", False),
    ("thị trấn", "thị trấn", False),
    ("tt", "thị trấn", False),
    ("đặc khu", "đặc khu", False),
    ("đk", "đặc khu", False),
    ("t t", "thị trấn", False),
    ("quận", "quận", False),
    ("q", "quận", False),
    ("huyện", "huyện", False),
    ("h", "huyện", True),
    ("huyện đảo", "huyện", False),
    ("district", "huyện", False),
    ("district", "quận", False),
    ("thị xã", "thị xã", False),
    ("tx", "thị xã", False),
    ("t x", "thị xã", False),
    ("thành phố", "thành phố", False),
    ("tp", "thành phố", False),
    ("t p", "thành phố", False),
    ("tỉnh", "tỉnh", False),
    ("province", "tỉnh", False),
)


def _by_first_word() -> dict[str, tuple[tuple[tuple[str, ...], str, bool], ...]]:
    table: dict[str, list[tuple[tuple[str, ...], str, bool]]] = defaultdict(list)
    for spelling, kind, dot in sorted(_SPELLINGS, key=lambda row: -len(row[0].split())):
        split = tuple(spelling.split())
        table[word_key(split[0])].append((split, kind, dot))
    return {first: tuple(rows) for first, rows in table.items()}


KIND_WORDS = _by_first_word()
ENGLISH = frozenset(("live", "ward", "commune", "where", "address", "town"))
"""Words that show that a message about a place is in English; none is Vietnamese without its marks."""
ENGLISH_KINDS = {"ward": "phường", "commune": "xã", "town": "thị trấn", "district": "huyện"}
"""They follow the name."""
PLACE_WORDS = _words("ở tại về đến từ quê thuộc trú in at from")
SAFE_PLACE_WORDS = _words("ở tại quê in at from")
STRONG_PLACE_WORDS = _words("ở tại")
PARTS_OF_A_UNIT = _keys("khu tổ thôn xóm ấp bản khóm buôn")
"""With a number behind them they stand before the name of the unit: “khu 4 Hồng Hà”."""

# Words that may stand around a name when the whole message is one: “dạ em ở Uông Bí ạ”.
FILLER = _keys(
    "dạ vâng thưa ạ ơi nhé nha nhà em anh chị cô chú bác cháu con tôi tui mình tớ chúng ta đang hiện nay giờ "
    "sống ở tại quê bên thì là cũ của cho này kia đó ấy nào đâu gì không có làm mới cần muốn được phải và với "
    "hay hoặc khi để đi ra vào lên xuống rồi xong luôn xin hỏi nộp theo"
)

# Words for offices and how to reach them, before a name: “điện thoại công an Hà Tu”.
OFFICE_WORDS = _keys(
    "số điện thoại địa chỉ trụ sở trung tâm phục vụ hành chính công an ủy ban nhân dân ubnd hcc cơ quan nơi làm việc"
)
AREAS = _keys("miệt vùng mạn phía bển dưới trên trong ngoài khu chỗ gần")
"""They may stand between “ở” and a name: “ở miệt Cái Răng”."""

# Who lives there and whereabouts, as people say it up and down the country: “nhà bầm ở …”, “tía tui ở miệt …”.
WHO = FILLER | _keys(
    "ba má bố mẹ tía u bu bầm thầy mạ mệ o dì cậu mợ thím dượng cha vợ chồng ổng bả tao mày tau mi hắn nó tụi bọn "
    "đàng trong ngoài dưới trên miệt vùng mạn phía gốc bển nhen nghen nghe hen hè hỉ chừ mô răng rứa"
)

# Names that are everyday words too: without a kind word they count only with capitals.
ORDINARY = frozenset(
    name_key(name)
    for name in (
        "thống nhất", "hòa bình", "cổ đông", "tân tiến", "đoàn kết", "dân chủ", "tự do", "hợp nhất", "quyết thắng",
        "trung tâm", "bình an", "cộng hòa", "tiên tiến", "tiến bộ", "độc lập", "hạnh phúc", "đồng tâm",
        "quyết tiến", "thành công", "đại học", "minh bạch", "tân lập", "tự lập", "hợp lý", "đồng ý", "tổng hợp",
        "yên ổn", "an toàn", "hợp tác", "bình yên", "yên bình", "hòa hợp", "đồng lòng", "bình thường", "bình dân",
        "hoàn thành", "bình đẳng", "kim loại", "an ninh", "an cư", "lập lễ", "thành lập", "tân trang", "hợp đồng",
        "đông người", "thanh niên", "thanh lý", "trường hợp", "liên hệ", "hưng thịnh", "trung thành", "thạnh lợi",
    )
)  # fmt: skip

# Everyday words even behind a kind word (“ở xã biên giới”): they need their capitals.
EVERYDAY = frozenset(name_key(name) for name in ("biên giới", "tự nhiên", "liên hiệp", "trung tâm", "thành công"))

# “phường 3 ngày” is no ward: a number with one of these behind it counts something.
MEASURES = _keys("ngày tháng năm tuổi giờ phút lần bộ bản tờ người triệu nghìn ngàn đồng tuần km")

# A message of a place and these words asks for nothing but the place and its offices.
ONLY_A_PLACE = (
    WHO
    | OFFICE_WORDS
    | _keys(
        "thế sao nộp hồ sơ thuộc phường xã nào gọi tên đổi sáp nhập đơn vị bây tôi khu tổ thôn xóm ấp đường vậy còn "
        "nếu thật chỗ người dân ông bà i live my home is am thị bị gộp nhập sát thành về máy tên xưa hồi trước kêu bằng"
    )
)

# A country named behind “ở” is no place of ours.
ABROAD = frozenset(
    name_key(name)
    for name in (
        "Mỹ", "Hoa Kỳ", "Nhật", "Nhật Bản", "Hàn", "Hàn Quốc", "Đức", "Nga", "Pháp", "Anh", "Úc", "Séc", "Ba Lan",
        "Đài Loan", "Trung Quốc", "Lào", "Campuchia", "Thái", "Thái Lan", "Malaysia", "Singapore", "Canada", "Hungary",
        "Ý", "Tây Ban Nha", "Hà Lan", "Bỉ", "Thụy Sĩ", "Thụy Điển", "Na Uy", "Đan Mạch", "Ukraina", "Slovakia", "Macau",
        "Hồng Kông", "Hong Kong", "Dubai", "Ả Rập", "Angola", "New Zealand",
    )
)  # fmt: skip
