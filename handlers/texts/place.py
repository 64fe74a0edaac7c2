"""What an answer says about a place and its offices, in both languages; names stay as they are officially."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlaceWords:
    """Sentences and labels, with the facts to be filled in."""

    is_there: str
    is_now: str
    offices: str
    where: str
    any_centre: str
    remembered: str
    telephone: str
    hours: str
    doubt: str
    unknown: str
    ask: str
    number_doubt: str
    which: str
    split: str
    which_of_these: str
    how_to_choose: str
    type_it: str


VI = PlaceWords(
    is_there="**{unit}**, {province}.",
    is_now="{said} nay là **{unit}**, {province}.",
    offices="Nơi làm thủ tục ở đây:",
    where="Ở **{unit}**, {province}, đến:",
    any_centre="Nhiều việc nộp được ở bất kỳ Trung tâm nào trong {province}. Hỏi từng việc, tôi sẽ nói rõ.",
    remembered="Tôi nhớ nơi này đến hết cuộc trò chuyện. Cần làm việc gì ạ?",
    telephone="điện thoại {number}",
    hours="giờ làm việc {hours}",
    doubt=" (chưa kiểm chứng lại, nên gọi hỏi trước khi đi)",
    unknown="Nơi nào chưa ghi địa chỉ, số điện thoại là vì tôi **chưa có nguồn chắc chắn**.",
    ask=" Xin hỏi {name}: **{number}**{note}.",
    number_doubt=" (số chưa kiểm chứng lại)",
    which="{said} nay gồm {n} nơi. Nhà mình thuộc nơi nào ạ?",
    split="{said} nay thuộc {n} nơi khác nhau. Nhà mình thuộc nơi nào ạ?",
    which_of_these="Ở {said} có {n} nơi như vậy. Nhà mình thuộc nơi nào ạ?",
    how_to_choose="Bấm vào một dòng, hoặc gõ số. Không chắc thì gõ tên phường, xã cũ.",
    type_it="Gõ số, hoặc gõ tên phường, xã của mình (tên cũ hay mới đều được).",
)

EN = PlaceWords(
    is_there="**{unit}**, {province}.",
    is_now="{said} is now **{unit}**, {province}.",
    offices="Offices there:",
    where="In **{unit}**, {province}, go to:",
    any_centre="Many things can be filed at any public service centre in {province}. Ask me about each one.",
    remembered="I remember this place until the end of our conversation. What do you need to do?",
    telephone="telephone {number}",
    hours="open {hours}",
    doubt=" (not verified, please call before you go)",
    unknown="Where no address or telephone is given, I have **no reliable source** for it.",
    ask=" Please ask {name}: **{number}**{note}.",
    number_doubt=" (number not verified)",
    which="{said} now consists of {n} places. Which one do you live in?",
    split="{said} now belongs to {n} different places. Which one do you live in?",
    which_of_these="There are {n} such places in {said}. Which one do you live in?",
    how_to_choose="Tap a line or type its number. If you are not sure, type the old name of your ward or commune.",
    type_it="Type the number, or the name of your ward or commune (old or new).",
)
