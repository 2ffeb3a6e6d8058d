/** Whoever stands before what is broken lets her device say where: only when she asks it to. */
const part = document.getElementById("here");
const [lat, lng] = ["id_lat", "id_lng"].map((id) => document.getElementById(id));
if (part && lat && lng && "geolocation" in navigator) {
  const told = part.querySelector("[role=status]");
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        lat.value = coords.latitude.toFixed(6);
        lng.value = coords.longitude.toFixed(6);
        told.textContent = told.dataset.found;
      },
      () => {
        told.textContent = told.dataset.unknown;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
