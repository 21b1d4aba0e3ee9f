// Needs Node 22.21, or 24.5 and newer: earlier versions ignore the proxy of the environment, and call the real Zoom.
import { emailAddresses } from "./client.js";

console.log((await emailAddresses()).join("\n"));
