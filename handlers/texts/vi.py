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
CHOOSE_HOW = "Bấm vào một dòng, hoặc gõ số 1, 2, 3."
NONE_OF_THESE = "Không phải các việc trên"
NONE_OF_THESE_REPLY = "Vâng. Xin nói lại việc cần làm bằng vài từ khác, ví dụ “mất sổ đỏ”, “chuyển trường cho con”."
SECOND_QUESTION = "Còn câu hỏi thứ hai, về “{label}”: bấm nút bên dưới để xem."
MORE_CASES = "Xem mọi trường hợp"

# Not knowing
UNKNOWN = "Xin lỗi, tôi **chưa biết** câu trả lời cho việc này nên không dám chỉ bừa."
UNKNOWN_NEXT = "Có thể hỏi lại bằng vài từ ngắn, ví dụ “làm lại căn cước”, “tạm trú”. Hoặc hỏi người thật:"
NOT_OURS = "Việc này **không nằm trong các thủ tục tôi có**."
CONTACT_DESK = "• Trung tâm Phục vụ hành chính công xã, phường gần nhất (giờ hành chính)"
CONTACT_LINE = "• {name}: **{number}**{note}"
CONTACT_DOUBT = " (số chưa kiểm chứng lại)"
PERSON = "Để gặp cán bộ, xin liên hệ:"
EMPTY = "Tôi chưa đọc được chữ nào trong tin nhắn này. Xin gõ việc cần làm, ví dụ “đăng ký tạm trú”."
UNREADABLE_BUTTON = "Nút này không còn dùng được nữa. Xin gõ lại câu hỏi, ví dụ “nộp ở đâu”."
TOO_LONG = "Tin nhắn hơi dài nên tôi chỉ đọc phần đầu và phần cuối. Xin hỏi ngắn hơn nếu tôi hiểu sai."
OLD_SUBJECT = "Xin cho biết đang hỏi về việc gì, ví dụ “nộp khai sinh ở đâu”."
TROUBLE = "Xin lỗi, máy đang trục trặc nên tôi chưa trả lời được. Xin thử lại sau ít phút, hoặc hỏi nơi nộp hồ sơ."

# Dossiers
ASK_CODE = "Xin gửi **mã hồ sơ** in trên giấy hẹn, ví dụ H49.22-261118-0001."
NO_CODE_SEEN = (
    "Tôi chưa thấy mã hồ sơ trong tin nhắn. Mã in trên giấy hẹn, có dạng H49.22-261118-0001: "
    "mã cơ quan, gạch ngang, ngày nhận, gạch ngang, số thứ tự."
)
CODE_PROBLEM = "Mã **{code}** có chỗ chưa đúng: {problem}. Xin so lại với giấy hẹn."
DOSSIER_FOUND = "Hồ sơ **{code}**\n{procedure}\nTrạng thái: **{label}**"
DOSSIER_DAYS = "Ngày nhận: {received} · Hẹn trả: {due}"
DOSSIER_FINISHED = "Ngày trả: {day}"
DOSSIER_AGENCY = "Nơi giải quyết: {agency}"
DOSSIER_OVERDUE = (
    "⚠ Hồ sơ **đã quá hẹn** từ ngày {due}. Cơ quan phải có phiếu xin lỗi và hẹn lại ngày trả. "
    "Có thể hỏi nơi nộp, hoặc phản ánh tại pakn.dichvucong.gov.vn."
)
DOSSIER_NEXT = "Việc cần làm: {next}"
DOSSIER_AS_OF = "Theo {source}, lúc {time}."
DOSSIER_OTHER_STATE = "Đây là cách ghi riêng của nơi giải quyết. Muốn rõ hơn, xin hỏi nơi nộp."
DOSSIER_UNKNOWN = (
    "Tôi **không tìm thấy** hồ sơ {code} trong dữ liệu đang có.\n"
    "Theo mã này: nơi nhận là {agency}, ngày nhận {day}. Xin so lại với giấy hẹn từng chữ, từng số."
)
DOSSIER_WHERE_ELSE = "Xem trực tiếp: đăng nhập dichvucong.gov.vn bằng VNeID, hoặc hỏi nơi đã nộp."
DOSSIER_UNAVAILABLE = "Hệ thống tra cứu đang không trả lời. Xin thử lại sau ít phút."
UNKNOWN_AGENCY = "cơ quan tôi chưa nhận ra"
UNKNOWN_DAY = "chưa rõ"
MORE_CODES = "Tin nhắn có nhiều mã; tôi xem {n} mã đầu tiên."
PORTAL_LABEL = "Mở Cổng Dịch vụ công quốc gia"
PORTAL_URL = "https://dichvucong.gov.vn"

# Codes of procedures
CODE_NOW = "Mã {code} nay thuộc thủ tục dưới đây: {note}."

# Safety
PERSONAL_NUMBER = (
    "Dãy số này giống số căn cước hoặc số điện thoại. Tôi **không cần** và không giữ số đó. "
    "Xin đừng gửi số căn cước, mật khẩu hay mã OTP cho bất kỳ ai qua tin nhắn. "
    "Để xem hồ sơ, chỉ cần **mã hồ sơ** trên giấy hẹn."
)
FORGOTTEN = "Đã xóa cuộc trò chuyện này khỏi máy chủ. Tôi không còn giữ gì về nội dung đã hỏi."

# Feedback
ASK_FEEDBACK = (
    "Xin viết lời góp ý, hoặc chỗ thông tin sai, trong một tin nhắn. Đừng ghi tên, số căn cước, số điện thoại."
)
FEEDBACK_THANKS = "Cảm ơn góp ý. Cán bộ sẽ xem. Tôi đã bỏ số điện thoại, số giấy tờ (nếu có) trước khi lưu."

# Counting
COUNT_HEAD = "Trong **{total} thủ tục** tôi đang có:"
COUNT_LINE = "• {level}: **{n}** ({tiers})"
COUNT_TIER = "cấp {tier} {n}"
COUNT_ASKED = "**{n}** thủ tục {what}{tiers}."
COUNT_NOTE = (
    "“Mức độ 4” cũ nay gọi là toàn trình, “mức độ 3” thường là một phần. "
    "Đây là số trong kho dữ liệu của tôi, không phải của cả nước."
)
COUNT_OLD = "từng gọi là mức độ {old}"

# Terminal and web
TERMINAL_HELLO = "Gõ câu hỏi rồi bấm Enter. Gõ “thoat” để dừng."
TERMINAL_BYE = "Tạm biệt!"
