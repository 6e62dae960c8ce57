/** The part of the SDK that the contract tests drive; it ships no types of its own. */
declare module 'sendbird-platform-sdk' {
  interface GdprRequest {
    request_id: string;
    action: string;
    status: string;
    user_id?: string;
    user_ids?: string[];
    channel_delete_option?: string;
    created_at: number;
    files?: { url: string; expires_at: number };
  }

  interface User {
    user_id: string;
    nickname: string;
    is_active: boolean;
  }

  class ApiClient {
    basePath: string;
    constructor(basePath: string);
  }

  class RegisterGdprRequestData {
    constructor(
      action: string,
      userIds: string[] | undefined,
      channelDeleteOption: string | undefined,
      userId: string | undefined,
    );
    static constructFromObject(data: Record<string, unknown>): RegisterGdprRequestData;
  }

  class PrivacyApi {
    constructor(client: ApiClient);
    registerGdprRequest(
      apiToken: string,
      options: { registerGdprRequestData: RegisterGdprRequestData },
    ): Promise<GdprRequest>;
    viewGdprRequestById(apiToken: string, requestId: string): Promise<GdprRequest>;
    listGdprRequests(
      apiToken: string,
      options?: { limit?: number; token?: string },
    ): Promise<{ requests: GdprRequest[]; next: string }>;
    cancelTheRegistrationOfGdprRequestById(apiToken: string, requestId: string): Promise<unknown>;
  }

  class UserApi {
    constructor(client: ApiClient);
    viewUserById(apiToken: string, userId: string): Promise<User>;
    listUsers(
      apiToken: string,
      options?: { userIds?: string; activeMode?: string; limit?: number },
    ): Promise<{ users: User[]; next: string }>;
  }

  const sdk: {
    ApiClient: typeof ApiClient;
    RegisterGdprRequestData: typeof RegisterGdprRequestData;
    PrivacyApi: typeof PrivacyApi;
    UserApi: typeof UserApi;
  };
  export default sdk;
}
