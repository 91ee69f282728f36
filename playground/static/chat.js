"use strict";
// The phone: reads one chat by long polling and sends what the citizen types, taps and attaches.
// The server's `html` of a message is escaped there; everything else here goes in as text.

const chatId = Number(document.body.dataset.chat);
const botName = document.body.dataset.bot;
const base = document.body.dataset.base;
const chat = `${base}/api/chats/${chatId}`;
const $ = (id) => document.getElementById(id);
const shownMessages = new Map();
const zone = "Asia/Ho_Chi_Minh";
const clock = new Intl.DateTimeFormat("vi", { hour: "2-digit", minute: "2-digit", timeZone: zone });
const calendar = new Intl.DateTimeFormat("vi", { day: "numeric", month: "long", year: "numeric", timeZone: zone });
let change = null;
let typingTimer = 0;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function warn(text, where = "notice") {
  $(where).textContent = text;
  $(where).hidden = !text;
}

// Answers the parsed body, or throws an Error whose message can be shown.
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("Không kết nối được. Hãy kiểm tra chương trình thử nghiệm còn chạy không.");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(typeof body.detail === "string" ? body.detail : "Không gửi được. Hãy thử lại.");
  }
  return body;
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });

async function attempt(action) {
  warn("");
  try {
    await action();
    return true;
  } catch (error) {
    warn(error.message);
    return false;
  }
}

// Messages

function fileSize(bytes) {
  return bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1).replace(".", ",")} MB`;
}

function drawFile(kind, file) {
  const name = kind === "voice" ? "Tin nhắn thoại" : file.file_name || "Tệp";
  const link = make("a", "file", `${name} (${fileSize(file.file_size)})`);
  link.href = base + file.url;
  link.download = file.file_name || "";
  const line = make("p");
  line.append(link);
  return line;
}

function drawAttachments(message, bubble) {
  if (message.photo) {
    const photo = make("img", "photo");
    photo.src = base + message.photo.url;
    photo.alt = message.text ? "Ảnh kèm chú thích" : "Ảnh";
    photo.width = message.photo.width;
    photo.height = message.photo.height;
    bubble.append(photo);
  }
  if (message.document) bubble.append(drawFile("document", message.document));
  if (message.voice) bubble.append(drawFile("voice", message.voice));
  if (message.location) {
    const at = [message.location.latitude, message.location.longitude].map((n) => n.toLocaleString("vi", { maximumFractionDigits: 5 }));
    bubble.append(make("p", "location", `Vị trí: ${at.join(" · ")}`));
  }
}

function drawKeys(message) {
  const keys = make("div", "keys");
  keys.setAttribute("role", "group");
  keys.setAttribute("aria-label", "Lựa chọn");
  for (const row of message.buttons) {
    const line = make("div", "row");
    line.append(...row.map((button) => drawKey(message, button)));
    keys.append(line);
  }
  return keys;
}

function drawKey(message, button) {
  if (button.url) {
    const link = make("a", "key", `${button.text} ↗`);
    link.href = button.url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  const key = make("button", "key", button.text);
  key.type = "button";
  if (button.data === undefined) key.disabled = true;
  else key.addEventListener("click", () => tap(key, message.message_id, button.data));
  return key;
}

function drawMessage(message) {
  const mine = message.from === "citizen";
  const item = make("li", mine ? "message mine" : "message");
  const bubble = make("div", "bubble");
  bubble.append(make("span", "aloud", mine ? "Bạn: " : `${botName}: `));
  const quoted = shownMessages.get(message.reply_to);
  if (quoted) bubble.append(make("p", "quote", quoted.message.text.slice(0, 80) || "Tin nhắn"));
  drawAttachments(message, bubble);
  if (message.html) {
    const text = make("div", "text");
    text.innerHTML = message.html;
    bubble.append(text);
  }
  const when = make("time", "when", (message.edited ? "đã sửa " : "") + clock.format(new Date(message.sent_at)));
  when.dateTime = message.sent_at;
  bubble.append(when);
  item.append(bubble);
  if (message.buttons.length) item.append(drawKeys(message));
  return item;
}

function drawDay(message) {
  const day = calendar.format(new Date(message.sent_at));
  const last = [...document.querySelectorAll(".day")].at(-1);
  if (last?.textContent !== day) $("messages").append(make("li", "day", day));
}

function place(message) {
  const before = shownMessages.get(message.message_id);
  if (message.deleted) {
    before?.item.remove();
    shownMessages.delete(message.message_id);
    return;
  }
  const item = drawMessage(message);
  if (before) {
    const focused = before.item.contains(document.activeElement);
    before.item.replaceWith(item);
    // Whoever taps with the keyboard stays at this message when its buttons change.
    if (focused) (item.querySelector(".key") ?? $("scroll")).focus();
  } else {
    drawDay(message);
    $("messages").append(item);
  }
  shownMessages.set(message.message_id, { message, item });
}

// The chat's state

function showTyping(typing) {
  clearTimeout(typingTimer);
  $("typing").hidden = !typing;
  // The server says nothing when typing ends by itself: Telegram ends it after five seconds.
  if (typing) typingTimer = setTimeout(() => ($("typing").hidden = true), 5000);
}

function showReplyKeyboard(keyboard, blocked) {
  const board = $("reply-keyboard");
  const wanted = blocked ? "" : JSON.stringify(keyboard ?? "");
  if (board.dataset.shown === wanted) return;
  board.dataset.shown = wanted;
  board.hidden = !keyboard || blocked;
  board.replaceChildren(
    ...(keyboard?.keyboard ?? []).map((row) => {
      const line = make("div", "row");
      line.append(...row.map(drawReplyKey));
      return line;
    }),
  );
}

function drawReplyKey(button) {
  const key = make("button", "key", button.text);
  key.type = "button";
  key.addEventListener("click", () => (button.request_location ? openPlace() : send(button.text)));
  return key;
}

function showState(state) {
  $("welcome").hidden = shownMessages.size > 0;
  $("start").hidden = state.started || state.blocked;
  $("unblock").hidden = !state.blocked;
  $("composer").hidden = !state.started || state.blocked;
  $("block").dataset.blocked = String(state.blocked);
  $("block").textContent = state.blocked ? "Bỏ chặn" : "Chặn bot";
  showReplyKeyboard(state.keyboard, state.blocked);
  showTyping(state.typing);
}

function isAtEnd() {
  const box = $("scroll");
  return box.scrollHeight - box.scrollTop - box.clientHeight < 80;
}

function show(answer) {
  const follow = change === null || isAtEnd() || answer.messages.some((m) => m.from === "citizen");
  answer.messages.forEach(place);
  showState(answer);
  if (follow) $("scroll").scrollTop = $("scroll").scrollHeight;
  change = answer.change;
  // A screen reader reads what comes from now on, not the whole history.
  $("messages").setAttribute("aria-live", "polite");
  remember(answer.messages);
}

async function follow() {
  for (;;) {
    try {
      const query = change === null ? "" : `?since=${change}&wait=25`;
      show(await ask(`${chat}/messages${query}`));
    } catch (error) {
      warn(error.message);
      await new Promise((resume) => setTimeout(resume, 2000));
      continue;
    }
    if ($("notice").textContent.startsWith("Không kết nối")) warn("");
  }
}

// What the citizen does

async function send(text) {
  return attempt(() => post(`${chat}/messages`, { text }));
}

async function sendLocation(latitude, longitude) {
  $("place").close();
  return attempt(() => post(`${chat}/messages`, { latitude, longitude }));
}

async function tap(key, messageId, data) {
  if (key.getAttribute("aria-busy") === "true") return;
  key.setAttribute("aria-busy", "true");
  await attempt(async () => {
    const made = await post(`${chat}/taps`, { message_id: messageId, data });
    const answer = await ask(`${chat}/taps/${made.callback_query_id}?wait=15`);
    if (answer.text) showAnswer(answer);
  });
  key.removeAttribute("aria-busy");
}

function showAnswer(answer) {
  if (answer.show_alert) {
    $("alert-text").textContent = answer.text;
    $("alert").showModal();
    return;
  }
  $("toast").textContent = answer.text;
  $("toast").hidden = false;
  setTimeout(() => ($("toast").hidden = true), 4000);
}

function fitWords() {
  const words = $("words");
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, 144)}px`;
}

async function submitWords(event) {
  event.preventDefault();
  const text = $("words").value;
  if (!text.trim()) return;
  $("words").value = "";
  fitWords();
  if (!(await send(text)) && !$("words").value) $("words").value = text;
  $("words").focus();
}

function openFiles() {
  const files = [...$("files").files];
  if (!files.length) return;
  $("files-chosen").replaceChildren(...files.map((file) => make("li", "", `${file.name} (${fileSize(file.size)})`)));
  $("caption").value = $("words").value;
  $("files-dialog").showModal();
}

async function submitFiles(event) {
  event.preventDefault();
  const form = new FormData();
  for (const file of $("files").files) {
    form.append(/^image\/(jpeg|png|webp)$/.test(file.type) ? "photo" : "document", file);
  }
  form.append("caption", $("caption").value);
  $("files-dialog").close();
  const sent = await attempt(() => ask(`${chat}/messages`, { method: "POST", body: form }));
  if (sent) $("words").value = "";
  $("files").value = "";
  fitWords();
}

function openPlace() {
  warn("", "place-notice");
  $("place").showModal();
}

function submitPlace(event) {
  event.preventDefault();
  const [latitude, longitude] = ["latitude", "longitude"].map((id) => Number($(id).value.trim().replace(",", ".")));
  sendLocation(latitude, longitude);
}

function useHere() {
  if (!navigator.geolocation) {
    warn("Trình duyệt không cho biết vị trí. Hãy nhập tọa độ.", "place-notice");
    return;
  }
  navigator.geolocation.getCurrentPosition(
    (found) => sendLocation(found.coords.latitude, found.coords.longitude),
    () => warn("Chưa lấy được vị trí. Hãy nhập tọa độ.", "place-notice"),
    { timeout: 10000 },
  );
}

function toggle(button, panel) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  return panel(open);
}

// Other people's unread messages: the last message seen is kept for this tab only.

function seenOf(id) {
  return Number(sessionStorage.getItem(`seen-${id}`) ?? 0);
}

function remember(messages) {
  const last = messages.at(-1);
  if (last) sessionStorage.setItem(`seen-${chatId}`, String(Math.max(seenOf(chatId), last.message_id)));
}

async function lookAround() {
  try {
    const people = await ask(`${base}/api/citizens`);
    let anyUnread = false;
    for (const one of people) {
      const row = document.querySelector(`[data-citizen="${one.id}"]`);
      if (!row || !one.last_message) continue;
      const unread = one.id !== chatId && one.last_message.from === "bot" && one.last_message.message_id > seenOf(one.id);
      row.querySelector(".last").textContent = one.last_message.text.slice(0, 60) || "Tệp hoặc vị trí";
      row.querySelector(".dot").hidden = !unread;
      anyUnread ||= unread;
    }
    $("any-unread").hidden = !anyUnread;
    $("open-people").setAttribute("aria-label", anyUnread ? "Đổi người dân, có tin mới" : "Đổi người dân");
  } catch {
    // The long poll of the chat itself says when the connection is lost.
  }
  setTimeout(lookAround, 5000);
}

async function addNewcomer(event) {
  event.preventDefault();
  await attempt(async () => {
    const made = await post(`${base}/api/citizens`, { first_name: $("newcomer-name").value });
    location.href = `${base}/?citizen=${made.id}`;
  });
}

$("composer").addEventListener("submit", submitWords);
$("words").addEventListener("input", fitWords);
$("words").addEventListener("keydown", (event) => {
  // While a Vietnamese input method composes a word, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submitWords(event);
});
$("files").addEventListener("change", openFiles);
$("files-form").addEventListener("submit", submitFiles);
$("files-dialog").addEventListener("cancel", () => ($("files").value = ""));
$("close-files").addEventListener("click", () => {
  $("files").value = "";
  $("files-dialog").close();
});
$("open-place").addEventListener("click", openPlace);
$("place-form").addEventListener("submit", submitPlace);
$("here").addEventListener("click", useHere);
$("close-place").addEventListener("click", () => $("place").close());
document.querySelectorAll(".points button").forEach((button) =>
  button.addEventListener("click", () => sendLocation(Number(button.dataset.latitude), Number(button.dataset.longitude))),
);
$("start").firstElementChild.addEventListener("click", () => send("/start"));
$("unblock").firstElementChild.addEventListener("click", () => attempt(() => post(`${chat}/unblock`)));
$("block").addEventListener("click", () => {
  const blocked = $("block").dataset.blocked === "true";
  attempt(() => post(`${chat}/${blocked ? "unblock" : "block"}`));
});
$("open-people").addEventListener("click", () =>
  toggle($("open-people"), (open) => $("people").classList.toggle("open", open)),
);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("open-people").getAttribute("aria-expanded") !== "true") return;
  toggle($("open-people"), (open) => $("people").classList.toggle("open", open));
  $("open-people").focus();
});
$("open-commands")?.addEventListener("click", () =>
  toggle($("open-commands"), (open) => ($("commands").hidden = !open)),
);
$("commands").addEventListener("click", (event) => {
  const button = event.target.closest("[data-command]");
  if (!button) return;
  toggle($("open-commands"), (open) => ($("commands").hidden = !open));
  send(button.dataset.command);
});
$("messages").addEventListener("click", (event) => {
  if (event.target.closest(".command")) send(event.target.closest(".command").textContent);
});
$("newcomer").addEventListener("submit", addNewcomer);
follow();
lookAround();
