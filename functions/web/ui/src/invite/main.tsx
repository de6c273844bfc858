import { render } from "preact";
import { Page } from "./Page";

render(<Page />, document.getElementById("app")!);
