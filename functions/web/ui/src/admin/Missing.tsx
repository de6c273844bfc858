import type { Failure } from "../lib/api";
import { Heading } from "../parts/Heading";
import { Skeleton } from "../parts/Skeleton";
import { Trouble } from "../parts/Trouble";
import { nowhere, problem } from "../texts";

/** While it is not known what a page is about. */
export function Waiting() {
  return (
    <>
      <div class="page-head loading" aria-hidden="true">
        <span class="tile" />
        <div>
          <span class="line" />
        </div>
      </div>
      <Skeleton />
    </>
  );
}

/** What a page is about couldn't be read, or isn't there (gone). */
export function Missing({ failure, gone, retry }: { failure: Failure; gone: string; retry: () => void }) {
  const title = failure.code === "not_found" ? nowhere.title : failure.code === "offline" ? problem.offline : problem.title;
  return (
    <article class="card plain">
      <Heading title={title}>{title}</Heading>
      {failure.code === "not_found" ? (
        <>
          <p>{gone}</p>
          <a class="button" href="/">
            <span>{nowhere.home}</span>
          </a>
        </>
      ) : (
        <Trouble failure={failure} retry={retry} />
      )}
    </article>
  );
}
