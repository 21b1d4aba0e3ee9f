"""Scripts and helpers that make browser tests independent of the machine's speed."""

#: Requests of the page's scripts never time out. ``endWait(end)`` aborts those to addresses with this end.
ENDLESS_WAITS = """() => {
  if (window.endWait) return;
  const [ask, waits] = [window.fetch, new Map()];
  AbortSignal.timeout = () => {
    const controller = new AbortController();
    waits.set(controller.signal, { controller });
    return controller.signal;
  };
  window.fetch = (address, options) => {
    if (waits.has(options?.signal)) waits.get(options.signal).address = String(address);
    return ask(address, options);
  };
  window.endWait = (end) => waits.forEach(({ address, controller }) =>
    address?.endsWith(end) && controller.abort(new DOMException("no answer", "TimeoutError")));
}"""

#: Lets a call of the SDK wait for the client's answer without end. Else the SDK gives up after three seconds.
ENDLESS_CALLS = """() => {
  const { setTimeout } = window;
  window.setTimeout = (act, ...more) => String(act).includes("took longer than") ? 0 : setTimeout(act, ...more);
}"""

#: Records each request of the page's scripts from now on: its address and the page's time. A request leaves ``open``
#: when its text has arrived or it failed; by then the script has acted on it. ``answered``: calls that Zoom's
#: client answered.
RECORD = """() => {
  const [ask, send] = [window.fetch, window.client?.send];
  window.record = { sent: [], times: [], open: [], answered: [] };
  window.fetch = async (address, options) => {
    record.sent.push(String(address));
    record.times.push(Date.now());
    record.open.push(String(address));
    try {
      const answer = await ask(address, options);
      const text = await answer.clone().text();
      answer.text = async () => text;
      return answer;
    } finally {
      record.open.splice(record.open.indexOf(String(address)), 1);
    }
  };
  if (window.client) client.send = (message) => {
    send(message);
    const call = client.state.log.find(({ jsCallId }) => jsCallId === message.data?.jsCallId);
    if (call) record.answered.push(call.apiName);
  };
}"""


def stop_clock(page):
    """Stop the clock of all pages that are opened from now on: only ``page.clock.run_for`` moves it.

    It stops at 1,000 seconds after 1970, because a script that has done nothing yet compares with 0.
    """
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def wait_until_taken(page, address):
    """Wait until the page's scripts have acted on all answers from addresses with this end."""
    page.wait_for_function("end => !record.open.some((each) => each.endsWith(end))", arg=address)


def wait_until_answered(page, call):
    """Wait until the page's scripts have acted on the client's answer to a call of the SDK."""
    page.wait_for_function("call => record.answered.includes(call)", arg=call)
