/** The folder with a viewer's index.html. It is downloaded if it is not there. */
export function viewer(version: string): Promise<string>;
