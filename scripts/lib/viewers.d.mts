/** The folder with a viewer's index.html. It is fetched if it is not there. */
export function viewer(version: string): Promise<string>;
