// Starts GraphiQL on the session of this host name. The header makes browsers ask before another site may send it.
const headers = { "content-type": "application/json", "x-homeroom-csrf": "1" };

async function ask(parameters) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers,
    credentials: "same-origin",
    body: JSON.stringify(parameters),
  });
  return response.json();
}

const place = document.getElementById("graphiql");

function draw() {
  ReactDOM.unmountComponentAtNode(place);
  ReactDOM.render(React.createElement(GraphiQL, { fetcher: ask }), place);
}

async function greet() {
  const answer = await ask({ query: "{ viewer { login roles space { name } } }" });
  const viewer = answer.data && answer.data.viewer;
  document.getElementById("who").value = viewer
    ? `${viewer.login} (${viewer.roles.join(", ")}) at ${viewer.space.name}`
    : "not signed in";
}

draw();
greet();
document.getElementById("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const response = await fetch("/auth/login", {
    method: "POST",
    headers,
    credentials: "same-origin",
    body: JSON.stringify(Object.fromEntries(form)),
  });
  if (!response.ok) {
    document.getElementById("who").value = "wrong login or password";
    return;
  }
  draw();
  greet();
});
