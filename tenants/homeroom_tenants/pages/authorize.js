// A page of another origin asks to work in a school in somebody's name: sign in, look who asks, and agree or not.
"use strict";

const WORDS = {
  en: {
    title: "Sign in to another site", login: "Login", password: "Password", go: "Continue", cancel: "Cancel",
    signIn: "wants to work in your name. Sign in first. Site and school:",
    agree: "wants to work in your name, with all that you may see and do in this school. Site, school and login:",
    done: "Going back to the site.", gone: "Something went wrong.",
  },
  "zh-Hant": {
    title: "登入其他網站", login: "登入名稱", password: "密碼", go: "繼續", cancel: "取消",
    signIn: "想以你的名義操作，請先登入。網站及學校：",
    agree: "想以你的名義操作，並可使用你在這所學校的所有權限。網站、學校及登入名稱：",
    done: "正在返回網站。", gone: "發生錯誤。",
  },
  "zh-Hans": {
    title: "登录其他网站", login: "登录名", password: "密码", go: "继续", cancel: "取消",
    signIn: "想以您的名义操作，请先登录。网站和学校：",
    agree: "想以您的名义操作，并可使用您在这所学校的所有权限。网站、学校和登录名：",
    done: "正在返回网站。", gone: "发生错误。",
  },
  vi: {
    title: "Đăng nhập vào trang khác", login: "Tên đăng nhập", password: "Mật khẩu", go: "Tiếp tục", cancel: "Hủy",
    signIn: "muốn làm việc thay bạn. Trước hết hãy đăng nhập. Trang và trường:",
    agree: "muốn làm việc thay bạn, với mọi quyền của bạn tại trường này. Trang, trường và tên đăng nhập:",
    done: "Đang quay lại trang.", gone: "Đã có lỗi xảy ra.",
  },
};

const words = WORDS[spoken];
const NAMES = ["response_type", "client_id", "redirect_uri", "code_challenge", "code_challenge_method", "state"];
const given = new URLSearchParams(location.search);
const asked = Object.fromEntries(NAMES.filter((name) => given.has(name)).map((name) => [name, given.get(name)]));

function say(what, ...facts) {
  message.textContent = `${facts[0]} ${what} ${facts.join(" · ")}`;
}

function leave(where) {
  form.hidden = true;
  message.textContent = words.done;
  location.replace(where);
}

async function begin() {
  const request = await post("/oauth/authorize/request", asked);
  at("cancel").onclick = () => leave(request.denied);
  const agree = (login) => {
    say(words.agree, request.origin, request.school, login);
    ask([], words.go, async () => leave((await post("/oauth/authorize", asked)).location));
  };
  if (request.login) {
    agree(request.login);
    return;
  }
  say(words.signIn, request.origin, request.school);
  ask(["login", "password"], words.go, async (credentials) => {
    const { login } = await post("/auth/login", { login: credentials.login, password: credentials.password });
    agree(login);
    return message.textContent;
  });
}

document.documentElement.lang = spoken;
at("title").textContent = words.title;
at("cancel").textContent = words.cancel;
begin().catch((error) => { message.textContent = error.message; });
