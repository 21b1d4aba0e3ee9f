// A server-to-server client with Zoom's addresses built in. A test may give others.

export async function emailAddresses(env = process.env) {
  const { ZOOM_HOST: host = "https://zoom.us", ZOOM_API_HOST: api = "https://api.zoom.us" } = env;
  const form = new URLSearchParams({ grant_type: "account_credentials", account_id: env.ZOOM_ACCOUNT_ID });
  const basic = btoa(`${env.ZOOM_CLIENT_ID}:${env.ZOOM_CLIENT_SECRET}`);
  const token = await json(`${host}/oauth/token`, { method: "POST", body: form, headers: { Authorization: `Basic ${basic}` } });
  const list = await json(`${api}/v2/users`, { headers: { Authorization: `Bearer ${token.access_token}` } });
  return list.users.map((user) => user.email);
}

async function json(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
