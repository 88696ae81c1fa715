// While the box is out of reach: our own words, and no giving up. Who left the Wi-Fi comes back to the open page.
"use strict";

{
  const { lost, safe } = document.currentScript.dataset;

  document.addEventListener("DOMContentLoaded", () => {
    const [first, second] = document.querySelectorAll("#popup > span");
    first.textContent = lost;
    second.textContent = safe;
    document.getElementById("popup").setAttribute("role", "status");

    const socket = window.socket;
    if (!socket) return;
    // The framework reloads the page when a try to connect times out, which out of the Wi-Fi's reach ends at the
    // browser's own error page. Once connected, we keep trying instead, and at once when the phone wakes up.
    socket.once("connect", () => {
      socket.off("connect_error");
      socket.on("connect_error", (error) => {
        if (error.message === "Implicit handshake failed") window.location.reload();
      });
    });
    const connect = () => {
      // The framework says so only where it tries again by itself.
      socket.io.opts.query.next_message_id = window.nextMessageId;
      socket.disconnect().connect();
    };
    document.addEventListener("visibilitychange", () => {
      if (!socket.connected && document.visibilityState === "visible") connect();
    });
    // What was connected before is dead, and may not know it for long.
    window.addEventListener("online", connect);
  });
}
