// axios uses the proxy of the environment in every version of Node: through a tunnel, or with the whole address in a request.
import axios from "axios";

const { ZOOM_CLIENT_ID: username, ZOOM_CLIENT_SECRET: password, ZOOM_ACCOUNT_ID: account_id } = process.env;
const form = new URLSearchParams({ grant_type: "account_credentials", account_id });
const token = await axios.post("https://zoom.us/oauth/token", form, { auth: { username, password } });
const headers = { Authorization: `Bearer ${token.data.access_token}` };
const list = await axios.get("https://api.zoom.us/v2/users", { headers });
console.log(list.data.users.map((user) => user.email).join("\n"));
