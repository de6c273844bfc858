// All tests in a browser, one after another: npm test main.ts, or some of them by npm test -- --test-name-pattern=… main.ts.

import "./watching";
import "./invite-states";
import "./invite-signin";
import "./invite-trouble";
import "./invite-looks";
import "./screens-looks";
import "./invite-time";
import "./secrecy";
import "./screens";
import "./organization";
import "./new-invite";
import "./invite-page";
import "./recipients";
import "./requests";
import "./story";
