"""The words on a procedure's card, in Vietnamese and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CardWords:
    """Labels of an answer. Braces are filled in by :mod:`handlers.card`."""

    documents: str
    where: str
    fee: str
    time: str
    how: str
    level: str
    legal: str
    result: str
    eligibility: str
    status: str
    full: str
    online: str
    desk: str
    post: str
    free: str
    not_published: str
    original: str
    copy: str
    form: str
    show_only: str
    from_database: str
    optional: str
    other_cases: str
    all_cases: str
    steps_online: str
    steps_desk: str
    exemptions: str
    until: str
    starting: str
    likely: str
    unverified: str
    source: str
    checked: str
    not_checked: str
    open_online: str
    unknown_level: str
    reason: str
    old_level: str
    returned: str
    desk_return: str
    post_return: str
    electronic_return: str
    elsewhere: str
    offices: str
    status_hint: str
    nothing: str
    upcoming: str
    papers_count: str
    for_whom: str
    conditions: str
    agency: str
    levels: dict[str, str]


VI = CardWords(
    documents="Giấy tờ",
    where="Nơi nộp",
    fee="Lệ phí",
    time="Bao lâu",
    how="Cách làm",
    level="Mức trực tuyến",
    legal="Căn cứ pháp lý",
    result="Kết quả",
    eligibility="Ai được làm",
    status="Xem hồ sơ tới đâu",
    full="Xem đầy đủ",
    online="Nộp trực tuyến",
    desk="Nộp tại quầy",
    post="Gửi bưu điện",
    free="Miễn phí",
    not_published="Chưa có mức phí đã kiểm chứng (không có nghĩa là miễn phí).",
    original="{n} bản chính",
    copy="{n} bản sao",
    form="mẫu {form}",
    show_only="chỉ xuất trình",
    from_database="không phải nộp, cơ quan tự tra dữ liệu",
    optional="nếu có",
    other_cases="Trường hợp khác: {cases}.",
    all_cases="Giấy tờ mọi trường hợp",
    steps_online="Cách nộp trên mạng",
    steps_desk="Cách làm tại quầy",
    exemptions="Miễn, giảm",
    until="đến hết {day}",
    starting="từ {day}",
    likely="theo nguồn tham khảo, nên hỏi lại nơi nộp",
    unverified="chưa kiểm chứng, hãy hỏi lại nơi nộp",
    source="Nguồn: {title}",
    checked="Kiểm tra ngày {day}",
    not_checked="Chi tiết của thủ tục này **chưa được kiểm chứng**. Xin hỏi nơi nộp trước khi đi.",
    open_online="Mở trang nộp trực tuyến",
    unknown_level="Chưa rõ nộp trực tuyến được đến đâu.",
    reason="Vì: {reason}.",
    old_level="Cách gọi cũ: mức độ {old}.",
    returned="Cách nhận",
    desk_return="tại nơi nộp",
    post_return="bưu điện gửi về nhà",
    electronic_return="bản điện tử",
    elsewhere="Nộp nơi khác",
    offices="Nơi tiếp nhận",
    status_hint="Gửi **mã hồ sơ** in trên giấy hẹn (ví dụ H49.22-261118-0001) để xem hồ sơ tới đâu.",
    nothing="Phần này chưa có dữ liệu đã kiểm chứng. Xin hỏi nơi nộp.",
    upcoming="Sắp tới",
    papers_count="{n} loại giấy tờ",
    for_whom="Dành cho",
    conditions="Điều kiện",
    agency="Cơ quan giải quyết",
    levels={
        "toàn trình": "toàn trình (làm hết được qua mạng)",
        "một phần": "một phần (có bước phải đến tận nơi)",
        "thông tin": "chỉ có thông tin (phải nộp tại nơi làm)",
        "chưa rõ": "chưa rõ",
    },
)

EN = CardWords(
    documents="Documents",
    where="Where",
    fee="Fee",
    time="How long",
    how="Steps",
    level="Online level",
    legal="Legal basis",
    result="Result",
    eligibility="Who may apply",
    status="Track a dossier",
    full="Full details",
    online="Online",
    desk="At the desk",
    post="By post",
    free="Free of charge",
    not_published="No verified amount (this does not mean it is free).",
    original="{n} original(s)",
    copy="{n} copy/copies",
    form="form {form}",
    show_only="to show only",
    from_database="not needed, the office reads it from its database",
    optional="if any",
    other_cases="Other cases: {cases}.",
    all_cases="Documents, all cases",
    steps_online="Steps online",
    steps_desk="Steps at the desk",
    exemptions="Exemptions",
    until="until {day}",
    starting="from {day}",
    likely="from a secondary source, please confirm with the office",
    unverified="not verified, please ask the office",
    source="Source: {title}",
    checked="Checked on {day}",
    not_checked="The details of this procedure are **not verified yet**. Please ask the office before you go.",
    open_online="Open the online form",
    unknown_level="It is not clear how much can be done online.",
    reason="Because: {reason}.",
    old_level="Formerly level {old}.",
    returned="Delivered",
    desk_return="at the desk",
    post_return="by post",
    electronic_return="electronically",
    elsewhere="Elsewhere",
    offices="Office",
    status_hint="Send the **dossier code** on your receipt (such as H49.22-261118-0001) to see where it stands.",
    nothing="No verified data for this part yet. Please ask the office.",
    upcoming="Coming",
    papers_count="{n} kinds of papers",
    for_whom="For",
    conditions="Conditions",
    agency="Authority",
    levels={
        "toàn trình": "fully online (toàn trình)",
        "một phần": "partly online, some steps in person (một phần)",
        "thông tin": "information only (thông tin)",
        "chưa rõ": "not clear",
    },
)
