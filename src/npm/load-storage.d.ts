export function forgetStored(address: string, user: string): Promise<void>;
