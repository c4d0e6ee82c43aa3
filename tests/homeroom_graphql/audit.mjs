// Runs every audit of the npm package graphql-http against a server and prints the results as JSON.
// Arguments: the endpoint's URL, and the headers to send as JSON.
import { serverAudits } from "graphql-http";

const [url, headers] = process.argv.slice(2);
const fetchFn = (input, init = {}) =>
    fetch(input, { ...init, headers: { ...JSON.parse(headers), ...init.headers } });

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
    const result = await audit.fn();
    const found = { id: audit.id, name: audit.name, status: result.status };
    if (result.status !== 'ok') {
        found.reason = result.reason;
        found.answered = result.response?.status;
    }
    results.push(found);
}
console.log(JSON.stringify(results));
