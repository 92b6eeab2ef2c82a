// Puts the chat into another site: <script src="https://…/widget.js" data-lang="zh" async></script>
(() => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const given = script.dataset.lang || document.documentElement.lang || navigator.language || "zh";
  const title = /^en/i.test(given) ? "Ask the Qianhai Talent Assistant" : /hant|tw|hk|mo/i.test(given) ? "問前海人才助手" : "问前海人才助手";
  const service = script.dataset.service ? `&service=${encodeURIComponent(script.dataset.service)}` : "";
  let frame = null;

  const style = (element, rules) => Object.assign(element.style, rules);

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = title;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-haspopup", "dialog");
  style(button, {
    position: "fixed", insetInlineEnd: "16px", bottom: "16px", zIndex: "2147483000", padding: "12px 20px", minHeight: "48px",
    border: "2px solid #fff", borderRadius: "24px", background: "#0b5560", color: "#fff", cursor: "pointer",
    font: "600 16px/1.4 system-ui, 'PingFang SC', 'Microsoft YaHei', sans-serif", boxShadow: "0 4px 16px rgb(0 0 0 / .25)",
  });

  const open = () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.src = `${home}/embed?lang=${encodeURIComponent(given)}${service}`;
      frame.title = title;
      frame.allow = "clipboard-write";
      document.body.append(frame);
    }
    const phone = innerWidth < 480;
    style(frame, {
      display: "block", position: "fixed", insetInlineEnd: phone ? "0" : "16px", bottom: phone ? "0" : "16px", zIndex: "2147483001",
      width: phone ? "100%" : "400px", height: phone ? "100%" : "min(680px, calc(100% - 32px))", border: "0",
      borderRadius: phone ? "0" : "16px", boxShadow: "0 8px 32px rgb(0 0 0 / .3)", background: "#f6f7f4", colorScheme: "light dark",
    });
    button.setAttribute("aria-expanded", "true");
    button.style.display = "none";
    frame.focus();
  };
  const close = () => {
    if (!frame) return;
    frame.style.display = "none";
    button.setAttribute("aria-expanded", "false");
    button.style.display = "";
    button.focus();
  };

  button.addEventListener("click", open);
  addEventListener("message", (event) => {
    if (event.origin === home && event.source === frame?.contentWindow && event.data === "qta:close") close();
  });
  const begin = () => document.body.append(button);
  document.body ? begin() : addEventListener("DOMContentLoaded", begin);
})();
