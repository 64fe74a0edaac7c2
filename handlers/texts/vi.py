"""What the bot says, in plain, polite Vietnamese. Short sentences; no officialese."""

BOT_NAME = "Một Cửa"

# Commands: (name, what the menu says of it)
COMMANDS = (
    ("start", "Bắt đầu lại từ đầu"),
    ("help", "Cách hỏi và những việc tôi làm được"),
    ("hoso", "Xem hồ sơ tới đâu bằng mã hồ sơ"),
    ("gopy", "Góp ý, báo thông tin sai"),
    ("canbo", "Cách gặp cán bộ"),
    ("xoadulieu", "Xóa cuộc trò chuyện này khỏi máy chủ"),
)

GREETING = (
    "Xin chào! Tôi là **Một Cửa**, trợ lý tự động về thủ tục hành chính.\n"
    "Cứ hỏi bằng lời thường ngày, có dấu hay không dấu đều được. Ví dụ:\n"
    "• làm căn cước cho con cần giấy gì\n"
    "• khai sinh mất bao nhiêu tiền\n"
    "• mất bằng lái xe thì làm sao\n"
    "Có giấy hẹn thì gửi **mã hồ sơ** để xem hồ sơ tới đâu."
)
HELP = (
    "**Tôi giúp được gì?**\n"
    "• Nói tên việc cần làm: tôi chỉ giấy tờ, nơi nộp, lệ phí, thời gian.\n"
    "• Hỏi tiếp ngắn gọn cũng được: “bao lâu có?”, “nộp ở đâu?”.\n"
    "• Gửi **mã hồ sơ** trên giấy hẹn để xem hồ sơ tới đâu.\n"
    "• Gõ /gopy kèm lời góp ý khi thấy thông tin sai.\n"
    "• Gõ /xoadulieu để xóa cuộc trò chuyện.\n"
    "Tôi không hỏi mật khẩu, mã OTP, số căn cước và không thu tiền."
)
STARTERS = (
    "Làm căn cước cần giấy gì?",
    "Khai sinh cho con",
    "Đăng ký tạm trú",
    "Xem hồ sơ tới đâu",
)

# Asking back and choosing
CHOOSE = "Dạ, để chỉ cho đúng, xin cho biết đây là trường hợp nào ạ?"
CHOOSE_UNSURE = "Không sao ạ. Cứ bấm thử một dòng để đọc, chưa đúng thì chọn dòng khác:"
CONFIRM = "Dạ, có phải là việc này không ạ?"
CONFIRM_HOW = "Đúng thì bấm vào dòng ấy, hoặc gõ “đúng”. Chưa đúng thì xin nói lại việc cần làm bằng vài từ khác."
CHOOSE_HOW = "Bấm vào một dòng, hoặc gõ số {numbers}."
OR = " hoặc "
NONE_OF_THESE = "Không phải các việc trên"
NONE_OF_THESE_REPLY = "Vâng. Xin nói lại việc cần làm bằng vài từ khác, ví dụ “mất sổ đỏ”, “chuyển trường cho con”."
SECOND_QUESTION = "Còn câu hỏi thứ hai, về “{label}”: bấm nút bên dưới để xem."
MORE_CASES = "Xem mọi trường hợp"

# Channels without buttons
MORE_BUTTONS = "Xem thêm:"
TYPE_A_NUMBER = "Gõ số để xem tiếp:"
TAP_OR_TYPE = (
    ("Bấm vào một dòng, hoặc gõ số", "Gõ số"),
    ("bấm nút bên dưới để xem", "gõ số bên dưới để xem"),
    ("bấm “Báo cho tôi khi có thay đổi”", "gõ “báo cho tôi”"),
)

# Not knowing
UNKNOWN = "Xin lỗi, tôi **chưa biết** câu trả lời cho việc này nên không dám chỉ bừa."
UNKNOWN_NEXT = "Có thể hỏi lại bằng vài từ ngắn, ví dụ “làm lại căn cước”, “tạm trú”. Hoặc hỏi người thật:"
SCAM_NOTE = (
    "**Cẩn thận lừa đảo.** Cán bộ thật không gọi điện bảo cài ứng dụng, bấm vào link, đọc mã OTP. "
    "Xin cúp máy, rồi tự ra công an xã, phường hỏi lại."
)
GENERAL_OFFER = "Tôi **chưa chắc** đã hiểu đúng. Có phải mình muốn hỏi điều này không ạ?"
GENERAL_ELSE = "Nếu không phải, xin hỏi lại bằng vài từ ngắn. Hoặc hỏi người thật:"
NOT_OURS = "Việc này **không nằm trong các thủ tục tôi có**."
CONTACT_DESK = "• Trung tâm Phục vụ hành chính công xã, phường gần nhất (giờ hành chính)"
CONTACT_LINE = "• {name}: **{number}**{note}"
CONTACT_DOUBT = " (số chưa kiểm chứng lại)"
PERSON = "Để gặp cán bộ, xin liên hệ:"
EMPTY = "Tôi chưa đọc được chữ nào trong tin nhắn này. Xin gõ việc cần làm, ví dụ “đăng ký tạm trú”."
SPOKEN = (
    "Tôi **chưa nghe được tin nhắn thoại**. Xin gõ bằng chữ, ví dụ “đăng ký khai sinh”; không cần dấu. "
    "Khó gõ thì bấm hình micrô trên bàn phím rồi nói, máy sẽ viết thành chữ.\n"
    "Hoặc gọi điện, nhờ người thân nhắn giúp:"
)
HIDDEN = (
    "Có tin nhắn vừa gửi tới nhưng ứng dụng **không chuyển nội dung** cho tôi (do loại tin nhắn, hoặc do cài đặt "
    "bảo vệ tài khoản). Xin thử gõ lại bằng chữ, ví dụ “đăng ký khai sinh”.\n"
    "Nếu vẫn không được, xin **gọi điện**, hoặc nhờ người thân nhắn giúp:"
)
UNREADABLE_BUTTON = "Nút này không còn dùng được nữa. Xin gõ lại câu hỏi, ví dụ “nộp ở đâu”."
TOO_LONG = "Tin nhắn hơi dài nên tôi chỉ đọc phần đầu và phần cuối. Xin hỏi ngắn hơn nếu tôi hiểu sai."
PART_OF_WHAT = {
    "documents": "Dạ, giấy tờ của việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “đăng ký tạm trú”.",
    "where": "Dạ, nơi nộp của việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “đăng ký tạm trú”.",
    "fee": "Dạ, lệ phí của việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “làm hộ chiếu”.",
    "time": "Dạ, thời gian giải quyết của việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “làm hộ chiếu”.",
    "how": "Dạ, cách làm việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “đăng ký tạm trú”.",
    "level": "Dạ, làm việc gì trên mạng ạ? Xin gõ tên việc, ví dụ “khai sinh”, “đăng ký tạm trú”.",
    "legal": "Dạ, căn cứ pháp lý của việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “đăng ký tạm trú”.",
    "result": "Dạ, kết quả của việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “đăng ký tạm trú”.",
    "eligibility": "Dạ, ai được làm việc gì ạ? Xin gõ tên việc, ví dụ “khai sinh”, “đăng ký tạm trú”.",
}
NOTHING_TO_CHOOSE = "Hiện không có danh sách nào để chọn. Xin gõ việc cần làm, ví dụ “khai sinh”, “làm lại căn cước”."
TROUBLE = "Xin lỗi, máy đang trục trặc nên tôi chưa trả lời được. Xin thử lại sau ít phút, hoặc hỏi nơi nộp hồ sơ."
PAUSED = "Trợ lý **tạm dừng trả lời**: {reason}\nXin hỏi người thật:"
NOTICE = "**Thông báo**: {text}"
SLOWER = "Tin nhắn đến nhanh quá nên tôi đọc không kịp. Xin đợi khoảng một phút rồi hỏi tiếp ạ."

# Dossiers
ASK_CODE = (
    "Xin gửi **mã hồ sơ** in trên giấy hẹn, ví dụ H49.22-261118-0001. Giấy có mã vuông (QR) thì gửi ảnh chụp cũng được."
)
PORTAL_LABEL = "Mở Cổng Dịch vụ công quốc gia"
PORTAL_URL = "https://dichvucong.gov.vn"

# Codes of procedures
CODE_NOW = "Mã **{code}** là mã cũ, nay thuộc thủ tục dưới đây: {note}."
CODE_VARIANT = "Mã **{code}** là một trường hợp của thủ tục dưới đây: {note}."
CODE_PART = "Mã **{code}** là một phần việc của thủ tục dưới đây: {note}."
CODE_UNKNOWN = (
    "**{code}** có dạng **mã thủ tục**, không phải mã hồ sơ. Tôi **không có** thủ tục nào mang mã này. "
    "Có thể mã đã bị bãi bỏ, hoặc ở ngoài các thủ tục tôi biết.\n"
    "Xin nói tên việc cần làm, hoặc tìm mã này trên dichvucong.gov.vn. Cần hỏi người thật:"
)

# Safety
FORGOTTEN = "Đã xóa cuộc trò chuyện này khỏi máy chủ. Tôi không còn giữ gì về nội dung đã hỏi."

# Feedback
ASK_FEEDBACK = (
    "Xin viết lời góp ý, hoặc chỗ thông tin sai, trong một tin nhắn. Đừng ghi tên, số căn cước, số điện thoại."
)
FEEDBACK_IN_WORDS = (
    "Tôi chưa nhận góp ý bằng ảnh. Xin viết bằng lời, trong một tin nhắn. Muốn xem hồ sơ bằng ảnh thì gõ /hoso trước."
)
FEEDBACK_THANKS = "Cảm ơn góp ý. Cán bộ sẽ xem. Tôi đã bỏ số điện thoại, số giấy tờ (nếu có) trước khi lưu."

# Counting
COUNT_HEAD = "Trong **{total} thủ tục**{at} tôi đang có:"
COUNT_AT = "cấp {tier}"
COUNT_NEXT = "Muốn xem tên từng việc, gõ “danh sách thủ tục toàn trình”."
COUNT_LINE = "• {level}: **{n}**, tức {share}{tiers}"
COUNT_TIER = "cấp {tier} {n}"
COUNT_ASKED = "**{n}** thủ tục {what}{tiers}, tức {share} trong {total} thủ tục."
COUNT_NOTE = (
    "“Mức độ 4” cũ nay gọi là toàn trình, “mức độ 3” thường là một phần. "
    "Đây là số trong kho dữ liệu của tôi, không phải của cả nước."
)
LIST_HEAD = "**{title}**: {n} thủ tục{at} trong kho của tôi."
LIST_NONE = "Trong kho của tôi chưa có thủ tục nào được ghi như vậy."
LIST_LINE = "• {label}: {remark}"
LIST_GROUP = "• **{field}** ({n}): {labels}"
LIST_GROUP_COUNT = "• **{field}**: {n}"
LIST_UNKNOWN = "Còn {n} thủ tục chưa rõ điều này nên không nằm trong danh sách."
LIST_NEXT = "Gõ tên một thủ tục để xem giấy tờ, nơi nộp, lệ phí."
COUNT_OLD = "từng gọi là mức độ {old}"

# Groups, links, sharing
PRIVATELY = "Việc này có thể lộ thông tin riêng, xin đừng gửi trong nhóm. Nhắn **riêng** cho tôi, tôi trả lời ngay."
PRIVATE_BUTTON = "Nhắn riêng cho Một Cửa"
SHARE_BUTTON = "Chia sẻ"
INLINE_NOTHING = "Chưa thấy thủ tục này. Bấm để hỏi riêng"
INLINE_DOSSIER = "Xem hồ sơ tới đâu: bấm để hỏi riêng"
INLINE_SLOWER = "Nhiều quá, xin đợi một phút, hoặc hỏi riêng"

# Terminal and web
TERMINAL_HELLO = "Gõ câu hỏi rồi bấm Enter. Gõ “thoat” để dừng."
TERMINAL_BYE = "Tạm biệt!"

BAD_REQUEST = "Yêu cầu chưa đúng dạng. Xin gửi session cùng với text hoặc data."
BODY_TOO_LARGE = "Nội dung gửi lên quá dài. Xin gửi ngắn hơn."
BODY_TOO_SLOW = "Nội dung gửi lên quá lâu. Xin thử lại khi mạng tốt hơn."
NOT_AN_IMAGE = "Tệp này không phải là ảnh. Xin chọn ảnh khác."

# Places
PLACE_OFFICE = "• **{name}**"
PLACE_ALSO_OLD = "Nếu là {said} **cũ** (trước tháng 7/2025), xin gõ thêm chữ “cũ”: nơi đó nay có thể thuộc chỗ khác."
PLACE_MANY = "{said} nay chia thành {n} nơi: {names}.\nXin gõ tên phường, xã của mình (tên cũ hay mới đều được)."
PLACE_ELSEWHERE = "Nếu là nơi cùng tên ở tỉnh khác, xin gõ thêm tên tỉnh."
PLACE_WHICH_PROVINCE = (
    "Có nhiều nơi tên là {said}, ở: {provinces}.\nXin gõ tên tỉnh, thành phố của mình (tên cũ hay mới đều được)."
)
PLACE_NOT_FOUND = (
    "Tôi chưa tìm thấy nơi nào tên là “{name}”. Xin gõ phường, xã kèm theo huyện hoặc tỉnh (tên cũ hay mới đều "
    "được), ví dụ “{example}”."
)
PLACE_LIVING_ABROAD = (
    "Người Việt đang ở nước ngoài thì hỏi Cơ quan đại diện Việt Nam (đại sứ quán, lãnh sự quán) gần nhất.\n"
    "Cần làm giấy tờ gì, xin gõ tên việc, ví dụ “hộ chiếu”, “khai sinh”: tôi sẽ nói việc đó nộp ở đâu."
)
PLACE_WHERE_IS_HOME = (
    "Dạ, nhà mình ở phường, xã nào ạ? Xin gõ tên (tên cũ hay mới đều được), tôi sẽ chỉ đúng cơ quan ở đó."
)
PLACE_OF_PROVINCE = "Cơ quan cấp tỉnh, thành phố mà tôi có thông tin:"
PLACE_ONLY_PROVINCE = "{province}. Xin cho biết thêm phường, xã (tên cũ hay mới đều được)."
PLACE_OLD_PROVINCE = "{said} nay thuộc {province}. Xin cho biết thêm phường, xã (tên cũ hay mới đều được)."
PLACE_NEAR = "Gần vị trí này nhất có ba nơi. Tôi chỉ biết điểm giữa của mỗi nơi nên xin chọn giúp:"
PLACE_NEAR_LINE = "{n}. {unit} (điểm giữa cách khoảng {km} km)"
PLACE_ABROAD = (
    "Vị trí này không nằm trong nước Việt Nam. Người ở nước ngoài hỏi Cơ quan đại diện Việt Nam (đại sứ quán, "
    "lãnh sự quán) gần nhất, hoặc gõ tên phường, xã ở quê."
)
