"""What the bot says about dossiers. Unknown, withheld and wrongly proved dossiers share one text on purpose."""

NO_CODE_SEEN = (
    "Tôi chưa thấy mã hồ sơ trong tin nhắn. Mã in trên giấy hẹn, có dạng H49.22-261118-0001: "
    "mã cơ quan, gạch ngang, ngày nhận, gạch ngang, số thứ tự. Chụp rõ mã QR trên giấy hẹn gửi cho tôi cũng được."
)
CODE_PROBLEM = "Mã **{code}** có chỗ cần xem lại: {problem}. Xin so lại với giấy hẹn rồi gửi lại."
REPAIRED = "Tôi đọc mã là **{code}** (đã sửa một chỗ gõ nhầm). Xin so lại với giấy hẹn."
NOTE = "Lưu ý: {note}."
PARTS = "Theo mã: nơi nhận {agency}, ngày nhận {day}."
PARTS_NO_DAY = "Theo mã: {agency}."
MORE_CODES = "Tin nhắn có nhiều mã; tôi xem {n} mã đầu tiên."
UNKNOWN_AGENCY = "cơ quan tôi chưa nhận ra"
UNKNOWN_DAY = "chưa rõ"

# Look-alikes
LOOK_ALIKE = "Dãy số vừa gửi giống **{title}**, không phải mã hồ sơ."
PERSONAL_NUMBER = (
    "Dãy số vừa gửi giống **{title}**. Tôi **không cần**, không nhắc lại và không giữ số đó. "
    "Xin đừng gửi số giấy tờ, mật khẩu hay mã OTP cho ai qua tin nhắn."
)
PROCEDURE_CODE = (
    "**{code}** là **mã thủ tục** (chỉ loại việc), không phải mã hồ sơ. Mã hồ sơ in trên giấy hẹn trả kết quả."
)
SEND_CODE = "Để xem hồ sơ, xin gửi **mã hồ sơ** trên giấy hẹn, ví dụ H49.22-261118-0001."

# What was found
FOUND = "Hồ sơ **{code}**\n{procedure}\nTrạng thái: **{label}**"
OWNER = "Tên người nộp: {owner}"
OTHER_STATE = "Đây là cách ghi riêng của nơi giải quyết. Muốn rõ hơn, xin hỏi nơi nộp."
RECEIVED = "Ngày nhận: {day}"
DUE = "Hẹn trả: {day}"
DUE_LEFT = "Hẹn trả: {day} (còn {n} ngày làm việc)"
DUE_TODAY = "Hẹn trả: **hôm nay**, {day}"
DUE_PAUSED = "Hẹn trả cũ: {day}. Thời gian đang **tạm dừng**, sẽ có ngày hẹn mới sau khi làm xong việc dưới đây."
DUE_STOPPED = "Hẹn trả cũ: {day} (không còn tính, vì hồ sơ đã dừng)."
DUE_CLOSED = "Ngày hẹn rơi vào ngày nghỉ{why}; nhận kết quả từ {day}."
FINISHED = {
    "da-xu-ly-xong": "Có kết quả từ: {day}",
    "da-tra-ket-qua": "Ngày trả kết quả: {day}",
    "khong-duoc-tiep-nhan": "Ngày trả lại: {day}",
    "da-rut": "Ngày rút: {day}",
}
FINISHED_OTHERWISE = "Ngày trả: {day}"
AGENCY = "Nơi giải quyết: {agency}"
OVERDUE = (
    "⚠ Hồ sơ **đã quá hẹn {n} ngày làm việc** (hẹn {due}). Cơ quan phải gửi văn bản xin lỗi (Mẫu 04), ghi lý do và "
    "**ngày hẹn trả mới**. Nếu chưa nhận được: hỏi nơi nộp hồ sơ; vẫn chậm thì phản ánh tại pakn.dichvucong.gov.vn."
)
NEXT = {"office": "Bây giờ: {next}", "person": "**Việc cần làm:** {next}", "nobody": "{next}"}
AS_OF = "Theo {source}, lúc {time}."
SUPPLEMENT = "Cần bổ sung: {text}"
REASON = "Lý do: {text}"
MORE_KEPT = (
    "Cần bổ sung gì, vì lý do gì: chỉ cho người nộp xem. Xin gửi mã hồ sơ kèm **4 số cuối điện thoại** "
    "(hoặc **năm sinh**) đã khai khi nộp, ví dụ: {code} 1234"
)
MORE_AT_THE_DESK = "Cần bổ sung gì, vì lý do gì: xin hỏi nơi đã nộp (mang theo giấy hẹn)."

# Nothing found, nothing shown
UNKNOWN = (
    "Tôi **không có thông tin** về hồ sơ {code}: mã chưa đúng, hồ sơ chưa có trong dữ liệu, "
    "hoặc không tra được ở đây.\n"
    "{parts} Xin so lại với giấy hẹn từng chữ, từng số."
)
WHERE_ELSE = "Xem trực tiếp: {where} (đăng nhập bằng VNeID), hoặc hỏi nơi đã nộp."
WHERE_MERGED = "Hồ sơ cũ của {old}: hỏi Trung tâm Phục vụ hành chính công {new}."
UNAVAILABLE = "Hệ thống tra cứu đang **không trả lời**."
UNAVAILABLE_WILL_TELL = "Tôi sẽ thử lại và nhắn ngay khi có kết quả. Gõ “ngừng báo” nếu không cần nữa."
UNAVAILABLE_TRY = "Xin thử lại sau ít phút."
TOO_MANY = (
    "Vừa có quá nhiều mã được tra từ đây, nên tôi tạm dừng để bảo vệ hồ sơ của mọi người. "
    "Xin thử lại sau {time}, hoặc hỏi nơi đã nộp."
)
PROVE_FIRST = (
    "Đang có quá nhiều lượt dò mã cùng nơi, cùng ngày này. Để xem ngay, xin gửi mã kèm **4 số cuối điện thoại** "
    "(hoặc **năm sinh**) đã khai khi nộp, trong một tin nhắn. Ví dụ: {code} 1234"
)
PRIVATE_ONLY = (
    "Để giữ kín thông tin, tôi không xem hồ sơ trong nhóm. Xin nhắn **riêng** cho tôi mã hồ sơ, tôi trả lời ngay."
)

# The second fact
SEE_MORE = "Xem nội dung chi tiết"
ASK_FACT = (
    "Xin gửi **4 số cuối điện thoại** hoặc **năm sinh** đã khai khi nộp hồ sơ (chỉ 4 chữ số). "
    "Tôi chỉ so, không giữ lại."
)
ASK_FACT_TOGETHER = (
    "Xin gửi mã hồ sơ kèm **4 số cuối điện thoại** (hoặc **năm sinh**) đã khai khi nộp, trong một tin nhắn. "
    "Ví dụ: {code} 1234"
)
NOT_PROVED = (
    "**Không khớp**, hoặc tôi không có thông tin về hồ sơ này. Xin xem lại mã và 4 chữ số, hoặc hỏi nơi đã nộp."
)

# Watching
WATCH = "Báo cho tôi khi có thay đổi"
UNWATCH = "Ngừng báo"
WATCHING = (
    "Vâng, tôi sẽ **báo khi hồ sơ {code} có thay đổi**, khi gần đến hẹn, hoặc khi cần bổ sung, nộp tiền. "
    "Gõ “ngừng báo” bất cứ lúc nào."
)
WATCHING_WINDOW = (
    "Kênh này chỉ cho tôi nhắn trong {hours} giờ sau tin cuối của người dùng; tin báo muộn hơn sẽ chờ đến khi nhắn lại."
)
ALREADY_WATCHING = "Tôi đang theo dõi hồ sơ {code} rồi, có thay đổi sẽ báo."
TOO_MANY_WATCHES = "Tôi đang theo dõi {n} hồ sơ cho cuộc trò chuyện này, chưa nhận thêm được. Gõ “ngừng báo” để bỏ bớt."
CANNOT_PUSH = (
    "Ở đây tôi chưa nhắn trước được. Xin quay lại hỏi mã hồ sơ khi cần, hoặc nhắn tôi qua Telegram hay Zalo (nếu có)."
)
WATCH_WHICH = "Xin gửi mã hồ sơ trước; xem xong, bấm “Báo cho tôi khi có thay đổi”."
STOPPED = "Đã **ngừng báo** {n} hồ sơ và xóa mã khỏi máy chủ."
NOTHING_WATCHED = "Tôi không theo dõi hồ sơ nào cho cuộc trò chuyện này."
NEWS = {
    "changed": "🔔 Hồ sơ **có thay đổi**.",
    "due-near": "🔔 Hồ sơ **sắp đến ngày hẹn**.",
    "late": "🔔 Hồ sơ **đã quá ngày hẹn**.",
    "waiting": "🔔 Nhắc lại: hồ sơ **đang chờ người nộp**.",
    "answered": "🔔 Đã tra lại được hồ sơ.",
    "lost": "Tôi không còn tra được hồ sơ **{code}** nữa nên ngừng theo dõi. Xin hỏi nơi đã nộp.",
}
NEWS_END = "Hồ sơ đã kết thúc nên tôi ngừng theo dõi và xóa mã."
NEWS_MAYBE_TWICE = "(Tin này có thể đã đến một lần rồi; nếu trùng, xin bỏ qua.)"
NEWS_STOP = "Gõ “ngừng báo” nếu không cần nữa."

# Photos
PHOTO_TROUBLE = {
    "too big": "Ảnh quá lớn (hơn 8 MB hoặc quá nhiều điểm ảnh). Xin chụp lại, hoặc gõ mã hồ sơ.",
    "not an image": "Tôi không mở được tệp này. Xin gửi ảnh chụp (JPEG, PNG, WebP), hoặc gõ mã hồ sơ.",
    "too many": "Đang có nhiều ảnh chờ đọc. Xin gửi lại sau ít phút, hoặc gõ mã hồ sơ.",
    "dark": "Ảnh **hơi tối** nên tôi chưa đọc được mã. Xin chụp lại chỗ sáng, hoặc gõ mã hồ sơ.",
    "blurred": "Ảnh **bị mờ** nên tôi chưa đọc được mã. Xin giữ chắc tay, chụp gần mã QR, hoặc gõ mã hồ sơ.",
    "no code": (
        "Tôi không thấy mã QR hay mã vạch trong ảnh (tôi chưa đọc chữ in). "
        "Xin chụp thẳng, gần mã QR trên giấy hẹn, hoặc gõ mã hồ sơ."
    ),
}
PHOTO_CITIZEN_CARD = (
    "Đây là mã QR của **thẻ căn cước**. Tôi không cần, đã bỏ ngay và không giữ gì. "
    "Xin đừng gửi ảnh giấy tờ tùy thân qua tin nhắn. Xin chụp mã QR trên **giấy hẹn**."
)
PHOTO_PAYMENT = (
    "Đây là mã QR **để chuyển tiền**, không phải giấy hẹn. Chỉ nộp tiền ngay trong trang thanh toán của cổng .gov.vn; "
    "không chuyển vào tài khoản cá nhân để “làm nhanh”."
)
PHOTO_OTHER_CODE = (
    "Tôi đọc được mã trong ảnh nhưng trong đó không có mã hồ sơ. Xin chụp mã QR trên giấy hẹn, hoặc gõ mã."
)
PHOTO_LINK = "Mã trong ảnh dẫn tới một trang{host}. Tên trang thật của cơ quan nhà nước kết thúc bằng **.gov.vn**."
