"""What people write, and the units of today it means. At home in Quảng Ninh (22)."""

from __future__ import annotations

import pytest

from knowledge.places import Places

HOME = "22"


def units(places: Places, text: str, home: str = HOME) -> list[str]:
    found = places.find(text, home)
    return [unit.label for unit in found.units] if found else []


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        # a unit of today
        ("phường Hạ Long", "phường Hạ Long"),
        ("tôi ở phường móng cái 1", "phường Móng Cái 1"),
        ("xã Hải Hoà", "xã Hải Hòa"),
        ("đặc khu Vân Đồn", "đặc khu Vân Đồn"),
        # an old ward, with and without its old town
        ("phường Hồng Hải", "phường Hạ Long"),
        ("tôi ở phường Hồng Hải, Hạ Long cũ", "phường Hạ Long"),
        ("Hồng Hải, TP Hạ Long", "phường Hạ Long"),
        ("tôi ở Hồng Hải Hạ Long cũ", "phường Hạ Long"),
        ("phường Yết Kiêu cũ", "phường Hồng Gai"),  # gone since 2024
        ("thị trấn Trới", "phường Hoành Bồ"),  # gone since 2020
        # no tone marks, abbreviations, a small typo
        ("nha em o phuong hong hai", "phường Hạ Long"),
        ("p. Hồng Hải", "phường Hạ Long"),
        ("P.Hồng Hải, TP.Hạ Long", "phường Hạ Long"),
        ("F. Hồng Gai tp hạ long", "phường Hồng Gai"),
        ("ph Hồng Gai", "phường Hồng Gai"),
        ("tt. Cái Rồng", "đặc khu Vân Đồn"),
        ("phường Hồng Hảii", "phường Hạ Long"),
        ("Hồng Gai ward, Hạ Long", "phường Hồng Gai"),
        # an old district that is one unit today
        ("huyện Vân Đồn", "đặc khu Vân Đồn"),
        ("h. Cô Tô", "đặc khu Cô Tô"),
        ("em ở Cô Tô", "đặc khu Cô Tô"),
        # one name twice: the old town tells which
        ("xã Hải Hòa, Móng Cái", "phường Móng Cái 1"),
        ("Thanh Sơn, Ba Chẽ cũ", "xã Ba Chẽ"),
        ("phường Thanh Sơn Uông Bí", "phường Uông Bí"),
        # other provinces, numbered wards
        ("phường Bến Nghé", "phường Sài Gòn"),
        ("phường 3 quận 3", "phường Bàn Cờ"),
        ("P3 Q3 TPHCM", "phường Bàn Cờ"),
        ("f.03 q.3 hcm", "phường Bàn Cờ"),
    ],
)
def test_one_unit(places: Places, said: str, unit: str) -> None:
    assert units(places, said) == [unit]


@pytest.mark.parametrize(
    ("said", "several"),
    [
        ("nhà em ở Uông Bí", {"phường Uông Bí", "phường Vàng Danh", "phường Yên Tử"}),
        ("uong bi", {"phường Uông Bí", "phường Vàng Danh", "phường Yên Tử"}),
        ("tx Quảng Yên", {"phường Quảng Yên", "phường Đông Mai", "phường Hiệp Hòa", "phường Hà An",
                          "phường Liên Hòa", "phường Phong Cốc"}),
        ("phường Móng Cái", {"phường Móng Cái 1", "phường Móng Cái 2", "phường Móng Cái 3", "xã Hải Sơn",
                             "xã Hải Ninh", "xã Vĩnh Thực"}),
        # an old commune that was split
        ("xã Đồng Lâm, Hạ Long", {"phường Hoành Bồ", "xã Thống Nhất"}),
        ("xã Hải Hòa cũ, Cẩm Phả", {"xã Hải Hòa", "xã Hải Lạng"}),
        # two old communes of one name
        ("Thanh Sơn cũ", {"phường Uông Bí", "xã Ba Chẽ"}),
    ],
)  # fmt: skip
def test_several_are_asked_about(places: Places, said: str, several: set[str]) -> None:
    assert set(units(places, said)) == several


@pytest.mark.parametrize(
    ("said", "province"),
    [
        ("em ở Hòa Bình", "Phú Thọ"),
        ("quê Hải Dương", "Hải Phòng"),
        ("Sài Gòn", "Hồ Chí Minh"),
        ("tỉnh Thái Bình", "Hưng Yên"),
        ("Huế", "Huế"),
        ("tôi ở Quảng Ninh", "Quảng Ninh"),
    ],
)
def test_a_province_names_no_unit(places: Places, said: str, province: str) -> None:
    found = places.find(said, HOME)
    assert found
    assert (found.level, found.units, found.province.name) == ("province", (), province)


def test_every_old_town_of_quang_ninh_is_known(places: Places) -> None:
    for said in (
        "thành phố Hạ Long", "thành phố Cẩm Phả", "thành phố Uông Bí", "thành phố Móng Cái", "thị xã Quảng Yên",
        "thị xã Đông Triều", "huyện Vân Đồn", "huyện Tiên Yên", "huyện Đầm Hà", "huyện Hải Hà", "huyện Bình Liêu",
        "huyện Ba Chẽ", "huyện Cô Tô", "huyện Hoành Bồ",
    ):  # fmt: skip
        found = places.find(f"nhà tôi ở {said}", HOME)
        assert found, said
        assert found.level == "district"
        assert found.units
        assert all(unit.province == HOME for unit in found.units)


def test_home_comes_first_but_a_named_province_wins(places: Places) -> None:
    assert units(places, "phường Quang Trung") == ["phường Uông Bí"]
    assert units(places, "phường Quang Trung, Hải Dương") != ["phường Uông Bí"]
    assert "phường Uông Bí" not in units(places, "phường Quang Trung", home="01")


def test_a_name_of_today_warns_when_the_old_one_leads_elsewhere(places: Places) -> None:
    found = places.find("xã Hải Hòa", HOME)
    assert found
    assert found.also_old


def test_the_rest_of_the_message_is_kept_without_the_name(places: Places) -> None:
    found = places.find("tôi ở phường Hồng Hải, Hạ Long cũ thì làm căn cước ở đâu", HOME)
    assert found
    assert found.rest == "tôi thì làm căn cước ở đâu"
    assert found.said == "phường Hồng Hải (thành phố Hạ Long cũ)"


@pytest.mark.parametrize(
    "text",
    [
        "hòa", "an", "minh", "tân", "hạ", "long", "yên", "bình", "thống nhất", "hòa bình thống nhất",
        "giấy khai sinh ở phường", "đăng ký tạm trú", "đăng ký tạm trú ở phường nào", "xã hội", "nhà ở xã hội",
        "trợ cấp xã hội ở xã", "hợp tác xã, liên hiệp hợp tác xã", "tình trạng hôn nhân", "căn cước cũ",
        "chung minh nhan dan cu", "nộp ở phường 3 ngày rồi", "tại cấp trung ương", "phương tiện thủy nội địa",
        "phuong tien thuy noi dia", "làm ở xã biên giới", "em o nha thue", "ve huu", "tai gia dinh", "ở nước ngoài",
        "tôi ở trọ", "H49.22-261118-0001", "1.001193", "quận", "phường", "ở", "", "   ", "📍",
        "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bf7-4fc6-7310-90f6-dae0b70468ee",
        "thương binh", "đại diện cho cháu", "xa qua", "hương hỏa",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_places(places: Places, text: str) -> None:
    assert places.find(text, HOME) is None
