/* How the SDK reaches the client: it looks for these four, in this order, when config is first called.
 *
 * The web client frames the app and speaks by window messages; the native clients put an object of
 * their own into the app's page. The SDK sends strings and wants objects back.
 */
(function (root) {
  "use strict";

  /* The page's address as far as it decides whether config must be called again: a jump to an anchor loads nothing. */
  const page = () => root.location.href.split("#")[0];

  const native = (client) => {
    client.page = page;
    client.send = (data) => root.zoomSdk.native2js({ data });
    return { postMessage: (text) => { client.receive(text); } };
  };

  root.zoomBridges = {
    /* Windows: WebView2. */
    webview2(client) {
      const listeners = [];
      client.page = page;
      client.send = (data) => listeners.forEach((listener) => listener({ data }));
      const webview = {
        postMessage: (text) => { client.receive(text); },
        addEventListener: (type, listener) => { if (type === "message") listeners.push(listener); },
        removeEventListener: (type, listener) => { listeners.splice(listeners.indexOf(listener) >>> 0, 1); },
      };
      if (!root.chrome) root.chrome = {};
      Object.defineProperty(root.chrome, "webview", { value: webview, configurable: true });
    },

    /* macOS, iOS: WKWebView. */
    wkwebview(client) {
      root.webkit = { messageHandlers: { jsOCHelper: native(client) } };
    },

    android(client) {
      root.android = native(client);
    },

    /* The web client. It cannot see the framed page's address, so there each config simply replaces the one before. */
    iframe(client, frame, origin) {
      client.send = (data) => frame.contentWindow.postMessage(data, origin);
      root.addEventListener("message", (event) => {
        const ours = event.source === frame.contentWindow && event.origin === origin;
        if (ours && typeof event.data === "string") client.receive(event.data);
      });
    },
  };
})(window);
