/** A QR code leads here with its code behind the #, which no browser sends and no log keeps. */
const field = document.getElementById("id_code");
const code = location.hash.slice(1).replace(/\D/g, "");
if (field && code && !field.value) {
  field.value = code.replace(/(\d{4})(?=\d)/g, "$1 ");
  history.replaceState(null, "", location.pathname);
}
