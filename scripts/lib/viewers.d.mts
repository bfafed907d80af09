/** Version → folder with the viewer's index.html. What is missing is fetched. */
export function viewers(): Promise<Record<string, string>>;
