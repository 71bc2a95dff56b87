// A page can stay open longer than a session, and signing in again makes its token worthless. freshToken() asks (body
// data-token) who is signed in now, and resolves to { token } if it is still the account of this page (body data-account),
// having written the token into every form; to { signedOut: true } or { stranger: true } if not. Without an answer it rejects.
(() => {
  let asking = null;

  const ask = async () => {
    const { account, token } = document.body.dataset;
    const reply = await fetch(token, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(15000),
    });
    if (!reply.ok) throw new Error(reply.statusText);
    const now = await reply.json();
    if (!now.account) return { signedOut: true };
    if (now.account !== account) return { stranger: true };
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = now.token;
    return { token: now.token };
  };

  window.freshToken = () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
})();
