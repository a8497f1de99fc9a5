/** The page's entry: asks for the dashboard's state and shows it. */

const place = document.getElementById('page');
if (place !== null) place.textContent = 'rtorrent-low-space-driver';
