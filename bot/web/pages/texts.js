// Every sentence that the page itself says (those that never change stand in chat.html).
// Plain and polite, for a reader of seventy: short sentences, no computer words.

export const TEXTS = {
  botSays: "Một Cửa trả lời:",
  personSays: "Câu hỏi:",
  typing: "Đang trả lời…",
  photo: "Ảnh giấy hẹn",
  sendingPhoto: (percent) => `Đang gửi ảnh: ${percent}%`,
  readingPhoto: "Đang đọc ảnh…",
  notAPhoto: "Tệp này không phải là ảnh.",
  photoTooLarge: "Ảnh này lớn quá. Xin chụp lại.",
  photoGone: "Ảnh này không còn ở đây.",
  chooseAgain: "Bấm để chọn ảnh khác",
  chips: "Bấm để hỏi tiếp",
  print: "In ra giấy",
  printedOn: (day) => `Một Cửa, trợ lý tự động về thủ tục hành chính. In ngày ${day}. Đánh dấu vào ô khi đã có.`,
  image: "Hình kèm theo câu trả lời",
  newTab: "mở trang mới",
  official: "Trang nhà nước",
  retry: "Chưa gửi được. Bấm để gửi lại",
  offline: "Máy đang mất mạng.",
  slow: "Máy chủ trả lời chậm quá.",
  trouble: "Máy chủ đang bận.",
  left: (n) => `Còn gõ được ${n} chữ cái`,
  full: "Đã đủ dài. Xin gửi phần này trước.",
  forget: "Xóa cuộc trò chuyện",
};
