import api from './api';

export async function login(username: string, password: string) {
  const response = await api.post('/auth/login/', { username, password });
  return response.data;
}

export async function logout() {
  await api.post('/auth/logout/');
}

export async function getCurrentUser() {
  const response = await api.get('/auth/user/');
  return response.data;
}
