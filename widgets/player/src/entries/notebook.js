/* Shipped once per page: the player, the hand-in box and the quick exit for the thin widgets of a notebook or an app. */

export { install } from "../shell.js";
