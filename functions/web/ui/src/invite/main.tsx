import { render } from "preact";

render(<main><h1>Hello</h1></main>, document.getElementById("app")!);
