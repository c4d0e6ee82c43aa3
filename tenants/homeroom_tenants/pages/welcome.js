// What can be done with a one-time code from a mail. The code is in the fragment, which browsers send to nobody;
// it is taken out of the address at once, so that it stays in no history.
"use strict";

const WORDS = {
  en: {
    reset: "Choose a new password", address: "Confirm your address", invitation: "Invitation",
    language: "Language", undo: "Put your address back", undoing: "Put this address back and sign everybody out of your account.",
    undone: "This is your address again, and nobody is signed in. Now choose a new password.",
    login: "Login", name: "Your name", password: "Password", again: "Once more", go: "Continue", join: "Accept",
    done: "Done. You can sign in now.", differ: "The two passwords differ.", nothing: "Open the link of your mail.",
    signIn: "Sign in, and your address is confirmed.", as: "Accept as", offered: "invites", gone: "Something went wrong.",
  },
  "zh-Hant": {
    reset: "設定新密碼", address: "確認電郵地址", invitation: "邀請",
    language: "語言", undo: "恢復電郵地址", undoing: "恢復此電郵地址，並登出你帳戶的所有裝置。",
    undone: "電郵地址已恢復，所有裝置均已登出。現在請設定新密碼。",
    login: "登入名稱", name: "姓名", password: "密碼", again: "再次輸入密碼", go: "繼續", join: "接受",
    done: "完成，現在可以登入。", differ: "兩次輸入的密碼不同。", nothing: "請開啟電郵中的連結。",
    signIn: "登入後即確認電郵地址。", as: "以此帳戶接受：", offered: "邀請", gone: "發生錯誤。",
  },
  "zh-Hans": {
    reset: "设置新密码", address: "确认电子邮箱", invitation: "邀请",
    language: "语言", undo: "恢复电子邮箱", undoing: "恢复此电子邮箱，并退出您账号的所有设备。",
    undone: "电子邮箱已恢复，所有设备均已退出。现在请设置新密码。",
    login: "登录名", name: "姓名", password: "密码", again: "再次输入密码", go: "继续", join: "接受",
    done: "完成，现在可以登录。", differ: "两次输入的密码不同。", nothing: "请打开邮件中的链接。",
    signIn: "登录后即确认电子邮箱。", as: "以此账号接受：", offered: "邀请", gone: "发生错误。",
  },
  vi: {
    reset: "Đặt mật khẩu mới", address: "Xác nhận địa chỉ", invitation: "Lời mời",
    language: "Ngôn ngữ", undo: "Khôi phục địa chỉ", undoing: "Khôi phục địa chỉ này và đăng xuất tài khoản khỏi mọi thiết bị.",
    undone: "Địa chỉ đã được khôi phục và mọi thiết bị đã đăng xuất. Bây giờ hãy đặt mật khẩu mới.",
    login: "Tên đăng nhập", name: "Họ và tên", password: "Mật khẩu", again: "Nhập lại", go: "Tiếp tục", join: "Chấp nhận",
    done: "Xong. Bây giờ bạn có thể đăng nhập.", differ: "Hai mật khẩu không giống nhau.",
    nothing: "Hãy mở liên kết trong thư.", signIn: "Đăng nhập để xác nhận địa chỉ.", as: "Chấp nhận với tài khoản",
    offered: "mời", gone: "Đã có lỗi xảy ra.",
  },
};

let words = WORDS[spoken];
const [what, code] = location.hash.slice(1).split("=");
history.replaceState(null, "", location.pathname);

function speak(tag) {
  spoken = tag;
  words = WORDS[tag];
  document.documentElement.lang = tag;
  at("title").textContent = words[what] || "Homeroom";
  at("languages").querySelector("span").textContent = words.language;
}

// Lets people choose another language; begin() says everything again, and what was typed stays.
function languages(begin) {
  at("languages").hidden = false;
  const choice = at("languages").querySelector("select");
  choice.value = spoken;
  choice.onchange = () => {
    remember(choice.value);
    speak(choice.value);
    begin().catch((error) => { message.textContent = error.message; });
  };
}

async function signedIn() {
  const answer = await fetch("/auth/session");
  return answer.ok ? (await answer.json()).login : null;
}

function choose(reset) {
  ask(["password", "again"], words.go, (given) => post("/auth/reset", { code: reset, new: given.password }));
}

// The next page of somebody whose invitation is accepted: whatever fails now, they have their account.
async function welcomed(login, password) {
  try {
    await post("/auth/login", { login, password });
  } catch {
    return "/sign-in";
  }
  await post("/auth/language", { language: spoken }).catch(() => {});
  return "/";
}

const BEGIN = {
  async reset() {
    choose(code);
  },
  async undo() {
    message.textContent = words.undoing;
    ask([], words.go, async () => {
      const { reset } = await post("/auth/address/undo", { code });
      choose(reset);
      return words.undone;
    });
  },
  async address() {
    const confirm = () => post("/auth/address/confirm", { code });
    if (await signedIn()) {
      await confirm();
      message.textContent = words.done;
      return;
    }
    message.textContent = words.signIn;
    ask(["login", "password"], words.go, async (given) => {
      await post("/auth/login", { login: given.login, password: given.password });
      await confirm();
    });
  },
  async invitation() {
    const offer = await post("/auth/invitation", { code });
    message.textContent = `${offer.school} ${words.offered} ${offer.address} (${offer.titles.join(", ")})`;
    const login = await signedIn();
    if (login) {
      ask([], `${words.as} ${login}`, async () => {
        await post("/auth/invitation/accept", { code });
        location.assign("/");
      });
    } else {
      languages(BEGIN.invitation);
      ask(["name", "password", "again"], words.join, async (given) => {
        await post("/auth/invitation/accept", { code, name: given.name, password: given.password });
        location.assign(await welcomed(offer.address, given.password));
      });
    }
  },
};

speak(spoken);
if (code && Object.hasOwn(BEGIN, what)) {
  BEGIN[what]().catch((error) => { message.textContent = error.message; });
} else {
  message.textContent = words.nothing;
}
